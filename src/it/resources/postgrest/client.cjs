// What a user of postgrest-js does: node client.cjs DIRECTORY-OF-CLIENTS URL; prints one line of JSON.
const { PostgrestClient } = require(process.argv[2] + '/node_modules/@supabase/postgrest-js');
const db = new PostgrestClient(process.argv[3]);

const job = { jid: '24b3c9dc-13e3-4529-a0a3-92340751be17', started: '2026-03-01T12:00:00', completed: '2026-03-01T13:00:00',
    status: 1, project: 'js' };
const metric = { metric: 'cfac77fc-eb24-4862-aedd-89066441c416', name: 'deployTime', title: 'Tiem', units: 'sec' };
const meta = [['version', 'master'], ['tags', 'a,b'], ['note', 'say "hi"'], ['build', '42']]
    .map(([name, value]) => ({ jid: job.jid, name, value }));

async function main() {
    const said = {};
    said.insert = (await db.from('perf_test_lookup_metrics').insert(metric)).status;
    const again = await db.from('perf_test_lookup_metrics').insert(metric);
    said.again = [again.status, again.error.code];
    said.upsert = (await db.from('perf_test_lookup_metrics')
        .upsert({ ...metric, title: 'Time' }, { onConflict: 'metric' }).select('title').single()).data;
    said.ignored = (await db.from('perf_test_lookup_metrics').upsert(metric, { ignoreDuplicates: true }).select()).data;
    said.job = (await db.from('perf_test_job').insert(job).select('project,status').single()).data;
    await db.from('perf_test_job').upsert({ ...job, status: 0 });
    said.status = (await db.from('perf_test_job').select('status').eq('jid', job.jid).single()).data;
    said.meta = (await db.from('perf_test_job_meta').insert(meta, { count: 'exact' })).count;
    said.missing = (await db.from('perf_test_job_meta')
        .insert([{ ...meta[0], id: 50 }, meta[1]], { defaultToNull: false }).select('id,name')).data;
    const page = await db.from('perf_test_job_meta').select('name', { count: 'exact' }).lt('id', 50).order('id', { ascending: false })
        .range(1, 2);
    said.page = [page.count, page.status, page.data.map(row => row.name)];
    said.head = (await db.from('perf_test_job_meta').select('*', { count: 'exact', head: true })).count;
    said.in = (await db.from('perf_test_job_meta').select('label:name').in('value', ['a,b', 'say "hi"']).lt('id', 5).order('id')).data;
    said.or = (await db.from('perf_test_job_meta').select('name').lt('id', 5)
        .or('name.eq.build,and(name.like.v*,value.not.is.null)').order('name')).data;
    said.like = (await db.from('perf_test_job_meta').select('name').ilike('value', '%MAST%').lt('id', 5)).data;
    said.not = (await db.from('perf_test_job_meta').select('name').not('name', 'in', '(version,tags,note)').limit(1)).data;
    said.maybe = (await db.from('perf_test_job_meta').select().eq('name', 'none').maybeSingle()).data;
    said.none = (await db.from('perf_test_job_meta').select().eq('name', 'none').single()).error.code;
    said.unknown = (await db.from('perf_test_job_meta').select('oid')).error.code;
    console.log(JSON.stringify(said));
}
main().catch(e => { console.error(e); process.exit(1); });
