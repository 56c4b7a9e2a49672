package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.perftest.LabelledSite.Point;
import io.promgres.perftest.ReportedJobs.Job;
import io.promgres.perftest.ReportedJobs.Measurement;
import io.promgres.perftest.ReportedJobs.Phase;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Queries over results, compared with what Java makes of the same results. */
class ResultQueriesIT {

    /** Word for word from the page that describes the tables. */
    private static final String QUERY_OF_THE_PAGE = """
            SELECT
                "metric_data"."perf_test_job_phases".jid,
                "metric_data"."perf_test_phase_params"."value" AS "x",
                "metric_data"."perf_test_phase_metrics"."value" AS "y"

            FROM
                "metric_data"."perf_test_phase_params"
                JOIN "metric_data"."perf_test_phase_metrics"
                    ON "metric_data"."perf_test_phase_params".pid =\s
                       "metric_data"."perf_test_phase_metrics".pid
                JOIN "metric_data"."perf_test_job_phases"
                    ON "metric_data"."perf_test_phase_params".pid =\s
                       "metric_data"."perf_test_job_phases".pid
            WHERE
                -- The axis you want to view (assuming only 1 dimention)
                "metric_data"."perf_test_phase_params"."parameter" =\s
                    '4a003e85-e8bb-4a95-a340-eec1727cfd0d' AND

                -- The metric you want to plot
                "metric_data"."perf_test_phase_metrics"."metric" =\s
                    'cfac77fc-eb24-4862-aedd-89066441c416' AND

                -- Job selection based on it's metadata.
                -- In this example we are selecting the latest `master` version.
                "metric_data"."perf_test_job_phases".jid IN (
                    SELECT
                        "metric_data"."perf_test_job_meta".jid
                    FROM
                        "metric_data"."perf_test_job_meta"
                    WHERE
                        "metric_data"."perf_test_job_meta"."name" = 'version' AND
                        "metric_data"."perf_test_job_meta"."value" = 'master'
                    ORDER BY
                        "metric_data"."perf_test_job_meta".id DESC
                    LIMIT 1
                )
            """;

    private static final ReportedJobs REPORTED = new ReportedJobs(20_261_121, 8);

    private static LabelledSite site;

    @BeforeAll
    static void report() throws Exception {
        site = new LabelledSite();
        REPORTED.report(site.results());
        site.write(cpuOfTwoHosts());
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    @Test
    void thePagesQueryGivesTheLatestMasterJobsResults() throws Exception {
        Job latest = latestMaster();

        assertThat(site.rows(QUERY_OF_THE_PAGE))
                .containsExactlyInAnyOrderElementsOf(points(latest).toList())
                .isNotEmpty();
    }

    @Test
    void thePlotOverOneParameterIsThePagesQueryForAnyJobs() throws Exception {
        assertThat(site.rows(
                        "SELECT * FROM metric_data.plot_1d(?, ?, metric_data.latest_jobs('version', 'master'))",
                        ReportedJobs.INSTANCES,
                        ReportedJobs.DEPLOY_TIME))
                .containsExactlyInAnyOrderElementsOf(points(latestMaster()).toList());
        assertThat(site.rows(
                        "SELECT * FROM metric_data.plot_1d(?, ?)", ReportedJobs.INSTANCES, ReportedJobs.DEPLOY_TIME))
                .containsExactlyInAnyOrderElementsOf(REPORTED.jobs().stream()
                        .flatMap(ResultQueriesIT::points)
                        .toList());
    }

    @Test
    void thePlotOverOneParameterIsInTheParametersOrderAsANumber() throws Exception {
        List<String> x = site.rows(
                "SELECT x FROM metric_data.plot_1d(?, ?, metric_data.latest_jobs('version', 'master'))",
                ReportedJobs.INSTANCES,
                ReportedJobs.DEPLOY_TIME);

        assertThat(x.stream().map(Integer::valueOf)).isSorted();
    }

    @Test
    void thePlotOverTwoParametersHasAPointForEachValueOfEachPhase() throws Exception {
        List<String> expected = REPORTED.jobs().stream()
                .flatMap(job -> job.phases().stream()
                        .flatMap(phase -> deployTimes(phase)
                                .map(m -> job.jid() + "|" + phase.instances() + "|" + phase.size() + "|" + m.value())))
                .toList();

        assertThat(site.rows(
                        "SELECT * FROM metric_data.plot_2d(?, ?, ?)",
                        ReportedJobs.INSTANCES,
                        ReportedJobs.SIZE,
                        ReportedJobs.DEPLOY_TIME))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void aPhaseThatTheReporterReportedLastsFromThePhaseBeforeToItsLastMeasurement() throws Exception {
        for (Job job : REPORTED.jobs()) {
            LocalDateTime began = job.started();
            for (Phase phase : job.phases()) {
                LocalDateTime ended = last(phase);
                assertThat(site.rows(
                                "SELECT began AT TIME ZONE 'UTC' = ?::timestamp, ended AT TIME ZONE 'UTC' = ?::timestamp"
                                        + " FROM metric_data.phase_window(?)",
                                began.toString(),
                                ended.toString(),
                                phase.pid()))
                        .containsExactly("t|t");
                began = ended;
            }
        }
    }

    @Test
    void aPhaseWithATimestampOfItsOwnBeganThenAndEndedWithTheNextOneOrTheJob() throws Exception {
        UUID jid = UUID.randomUUID();
        UUID one = UUID.randomUUID();
        UUID two = UUID.randomUUID();
        site.rows(
                "INSERT INTO metric_data.perf_test_job VALUES (?, '2026-01-01 10:00', '2026-01-01 11:00', 0, 'p')"
                        + " RETURNING jid",
                jid);
        site.rows(
                "INSERT INTO metric_data.perf_test_job_phases VALUES (?, ?, 0, '2026-01-01 10:10'),"
                        + " (?, ?, 0, '2026-01-01 10:40') RETURNING pid",
                one,
                jid,
                two,
                jid);

        assertThat(site.rows(
                        "SELECT pid, began AT TIME ZONE 'UTC', ended AT TIME ZONE 'UTC'"
                                + " FROM metric_data.phase_windows(?)",
                        jid))
                .containsExactly(
                        one + "|2026-01-01 10:10:00|2026-01-01 10:40:00",
                        two + "|2026-01-01 10:40:00|2026-01-01 11:00:00");
        site.rows("SELECT metric_data.set_time_zone('Asia/Tokyo')");
        assertThat(site.rows("SELECT began AT TIME ZONE 'UTC' FROM metric_data.phase_window(?)", one))
                .containsExactly("2026-01-01 01:10:00");
        site.rows("SELECT metric_data.set_time_zone('UTC')");
        remove(jid);
    }

    @Test
    void aPhaseThatWasRepeatedLastsInStretchesThatEachEndWithAMeasurement() throws Exception {
        UUID jid = UUID.randomUUID();
        UUID a = UUID.randomUUID();
        UUID b = UUID.randomUUID();
        site.rows(
                "INSERT INTO metric_data.perf_test_job VALUES (?, '2026-01-01 01:00', '2026-01-01 02:00', 0, 'p')"
                        + " RETURNING jid",
                jid);
        site.rows(
                "INSERT INTO metric_data.perf_test_job_phases VALUES (?, ?, 0, '2026-01-01 02:00'),"
                        + " (?, ?, 0, '2026-01-01 02:00') RETURNING pid",
                a,
                jid,
                b,
                jid);
        site.rows(
                "INSERT INTO metric_data.perf_test_phase_metrics (pid, metric, value, \"timestamp\")"
                        + " SELECT CASE WHEN p = 'a' THEN ?::uuid ELSE ?::uuid END, ?::uuid, 1, '2026-01-01'::timestamp + t"
                        + " FROM (VALUES ('a', interval '01:10'), ('b', '01:20'), ('a', '01:25'), ('a', '01:30'), ('b', '01:40'))"
                        + " v(p, t) RETURNING id",
                a,
                b,
                ReportedJobs.CPU);

        assertThat(site.rows(
                        "SELECT pid, to_char(began AT TIME ZONE 'UTC', 'HH24:MI'), to_char(ended AT TIME ZONE 'UTC', 'HH24:MI')"
                                + " FROM metric_data.phase_windows(?)",
                        jid))
                .containsExactly(a + "|01:00|01:10", b + "|01:10|01:20", a + "|01:20|01:30", b + "|01:30|01:40");
        assertThat(site.rows("SELECT to_char(began AT TIME ZONE 'UTC', 'HH24:MI') FROM metric_data.phase_window(?)", a))
                .containsExactly("01:00", "01:20");
        remove(jid);
    }

    private static void remove(UUID jid) throws Exception {
        site.rows(
                "WITH gone AS (DELETE FROM metric_data.perf_test_phase_metrics WHERE pid IN"
                        + " (SELECT pid FROM metric_data.perf_test_job_phases WHERE jid = ?) RETURNING id)"
                        + " SELECT count(*) FROM gone",
                jid);
        site.rows(
                "WITH gone AS (DELETE FROM metric_data.perf_test_job_phases WHERE jid = ? RETURNING pid)"
                        + " SELECT count(*) FROM gone",
                jid);
        site.rows("DELETE FROM metric_data.perf_test_job WHERE jid = ? RETURNING jid", jid);
    }

    @Test
    void theDocumentedQueriesRunAndFindSomething() throws Exception {
        List<String> queries = documentedQueries();

        assertThat(queries).hasSize(3);
        for (String query : queries) {
            assertThat(site.rows(query)).as(query).isNotEmpty();
        }
    }

    @Test
    void theDocumentedJoinGivesTheGrowthOfTheCountersInEachPhase() throws Exception {
        List<String> expected = new ArrayList<>();
        LocalDateTime began = latestMaster().started();
        for (Phase phase : latestMaster().phases()) {
            LocalDateTime ended = last(phase);
            for (int host = 0; host < 2; host++) {
                long first = Math.floorDiv(epoch(began) + 14, 15) * 15;
                long last = Math.floorDiv(epoch(ended), 15) * 15;
                double busy = (last - first) * (host + 1) / (double) (epoch(ended) - epoch(began));
                expected.add("%d|%s|host%d|%.6f".formatted(phase.run(), phase.instances(), host, busy));
            }
            began = ended;
        }
        String query = documentedQueries().get(2).strip().replaceAll(";$", "");

        assertThat(site.rows(
                        "SELECT run, instances, host, to_char(busy_processors, 'FM0.000000') FROM (" + query + ") q"))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void nameBasedUuidsAreThoseOfRfc9562() throws Exception {
        assertThat(site.rows("SELECT metric_data.uuid_v8('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')"))
                .containsExactly("5c146b14-3c52-8afd-938a-375d0df1fbf6");
        Random random = new Random(5);
        for (int length : List.of(0, 1, 38, 39, 40, 47, 48, 103, 104, 111, 112, 500)) {
            UUID namespace = new UUID(random.nextLong(), random.nextLong());
            String name = random.ints(length, 1, 0x800)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            assertThat(site.rows("SELECT metric_data.uuid_v8(?, ?)", namespace, name))
                    .containsExactly(version8(namespace, name).toString());
        }
    }

    @Test
    void numbersAreReadFromParametersAndNothingElse() throws Exception {
        assertThat(site.rows("SELECT n, metric_data.number(n) FROM unnest(ARRAY['10', ' -1.5e3 ', '.5', '1.', '', 'x',"
                        + " '1e9999', '0x10', 'NaN', '1 2']) n"))
                .containsExactly(
                        "10|10",
                        " -1.5e3 |-1500",
                        ".5|0.5",
                        "1.|1",
                        "|null",
                        "x|null",
                        "1e9999|null",
                        "0x10|null",
                        "NaN|null",
                        "1 2|null");
    }

    @Test
    void everyTableColumnAndFunctionOfTheSchemaHasAComment() throws Exception {
        assertThat(site.rows("""
                        SELECT c.oid::regclass || coalesce('.' || a.attname, '')
                        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum >= 0 AND NOT a.attisdropped
                        WHERE c.relnamespace IN ('metric_data'::regnamespace, '_metric_data'::regnamespace)
                          AND c.relkind IN ('r', 'v')
                          AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)
                        UNION ALL
                        SELECT p.oid::regprocedure::text FROM pg_proc p
                        WHERE p.pronamespace IN ('metric_data'::regnamespace, '_metric_data'::regnamespace)
                          AND obj_description(p.oid, 'pg_proc') IS NULL""")).isEmpty();
    }

    @Test
    void everyForeignKeyHasAnIndexThatBeginsWithItsColumn() throws Exception {
        assertThat(site.rows("""
                        SELECT k.conrelid::regclass, k.conname FROM pg_constraint k
                        WHERE k.contype = 'f' AND k.connamespace = 'metric_data'::regnamespace
                          AND NOT EXISTS (SELECT FROM pg_index i
                                          WHERE i.indrelid = k.conrelid AND i.indkey[0] = k.conkey[1])""")).isEmpty();
    }

    private static Job latestMaster() {
        return REPORTED.jobs().stream()
                .filter(job -> job.version().equals("master"))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    /** The rows of the page's query for a job. */
    private static Stream<String> points(Job job) {
        return job.phases().stream()
                .flatMap(phase -> deployTimes(phase).map(m -> job.jid() + "|" + phase.instances() + "|" + m.value()));
    }

    private static Stream<Measurement> deployTimes(Phase phase) {
        return phase.measurements().stream().filter(m -> m.metric().equals(ReportedJobs.DEPLOY_TIME));
    }

    private static LocalDateTime last(Phase phase) {
        return phase.measurements().stream()
                .map(Measurement::time)
                .max(LocalDateTime::compareTo)
                .orElseThrow();
    }

    private static long epoch(LocalDateTime time) {
        return time.toEpochSecond(ZoneOffset.UTC);
    }

    private static List<String> documentedQueries() throws Exception {
        Matcher matcher = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("src/docs/perf-test.md")));
        return matcher.results().map(result -> result.group(1)).toList();
    }

    /** Counters of two hosts during the latest job, every 15 seconds: host 0 has one busy processor, host 1 two. */
    private static List<Point> cpuOfTwoHosts() {
        List<Point> points = new ArrayList<>();
        long begin = epoch(latestMaster().started());
        for (long time = begin; time <= begin + 1800; time += 15) {
            for (int host = 0; host < 2; host++) {
                points.add(cpu(host, "user", time, (time - begin) * (host + 1)));
                points.add(cpu(host, "idle", time, (time - begin) * 3));
            }
        }
        return points;
    }

    private static Point cpu(int host, String mode, long seconds, double value) {
        Map<String, String> labels =
                Map.of("__name__", "node_cpu_seconds_total", "job", "node", "instance", "host" + host, "mode", mode);
        return new Point(labels, seconds * 1000, value);
    }

    private static UUID version8(UUID namespace, String name) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(ByteBuffer.allocate(16)
                .putLong(namespace.getMostSignificantBits())
                .putLong(namespace.getLeastSignificantBits())
                .array());
        ByteBuffer hash = ByteBuffer.wrap(sha256.digest(name.getBytes(StandardCharsets.UTF_8)));
        return new UUID(hash.getLong() & ~0xf000L | 0x8000L, hash.getLong() & ~(3L << 62) | 1L << 63);
    }
}
