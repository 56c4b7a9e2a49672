# What a user of postgrest-py does: python client.py URL; prints one line of JSON.
import json
import sys

from postgrest import APIError, CountMethod, ReturnMethod, SyncPostgrestClient

db = SyncPostgrestClient(sys.argv[1])
job = {"jid": "24b3c9dc-13e3-4529-a0a3-92340751be17", "started": "2026-03-01T12:00:00", "completed": "2026-03-01T13:00:00",
       "status": 1, "project": "py"}
metric = {"metric": "cfac77fc-eb24-4862-aedd-89066441c416", "name": "deployTime", "title": "Tiem", "units": "sec"}
meta = [{"jid": job["jid"], "name": name, "value": value}
        for name, value in [("version", "master"), ("tags", "a,b"), ("note", 'say "hi"'), ("build", "42")]]


def code(query):
    try:
        query.execute()
    except APIError as e:
        return e.code


def metrics():
    return db.from_("perf_test_lookup_metrics")


def metas():
    return db.from_("perf_test_job_meta")


said = {}
said["insert"] = metrics().insert(metric).execute().data[0]["name"]
said["again"] = code(metrics().insert(metric, returning=ReturnMethod.minimal))
said["upsert"] = metrics().upsert({**metric, "title": "Time"}, on_conflict="metric").execute().data[0]["title"]
said["ignored"] = metrics().upsert(metric, ignore_duplicates=True).execute().data
db.from_("perf_test_job").insert(job).execute()
db.from_("perf_test_job").upsert({**job, "status": 0}).execute()
said["status"] = db.from_("perf_test_job").select("status").eq("jid", job["jid"]).single().execute().data
said["meta"] = metas().insert(meta, count=CountMethod.exact).execute().count
page = metas().select("name", count=CountMethod.exact).order("id", desc=True).range(1, 2).execute()
said["page"] = [page.count, [row["name"] for row in page.data]]
said["in"] = metas().select("name").in_("value", ["a,b", 'say "hi"']).order("id").execute().data
said["or"] = metas().select("name").or_("name.eq.build,and(name.like.v*,value.not.is.null)").order("name").execute().data
said["like"] = metas().select("name").ilike("value", "%MAST%").execute().data
said["not"] = metas().select("name").not_.in_("name", ["version", "tags", "note"]).limit(1).execute().data
said["none"] = code(metas().select("*").eq("name", "none").single())
said["unknown"] = code(metas().select("oid"))
print(json.dumps(said))
