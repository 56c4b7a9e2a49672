package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.config.DatabaseUri;
import io.promgres.schema.Migrations;
import io.promgres.testing.Await;
import io.promgres.testing.OwnServer;
import io.promgres.testing.Packed;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two databases with a daemon and a half of the targets each, a third with all, and one that reads the two as one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharesIT {

    private static final int TIMES = 40;
    private static final List<String> METRICS = List.of("load", "Odd:name", "only_in_1");
    private static final String ROWS =
            "SELECT time, float8send(value), series_id, job, instance FROM prom_text.\"%s\" ORDER BY series_id, time";

    private final long now = System.currentTimeMillis();
    private final long past = now - Duration.ofHours(6).toMillis();

    private OwnServer server;
    private RunningDaemon whole;
    private List<RunningDaemon> shares;
    private Connection reader;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        server = new OwnServer(OwnServer.directory(directory, "server"), Map.of("fsync", "off"));
        create("whole", "template0");
        new Migrations(at(server.uri(), "whole")).migrate();
        for (String database : List.of("share_0", "share_1")) {
            create(database, "whole");
        }
        create("reader", "template0");
        whole = RunningDaemon.on(at(server.uri(), "whole"));
        reader = TestDatabase.connect(at(server.superuser(), "reader"));
        Sql.execute(reader, "CREATE ROLE grafana LOGIN IN ROLE prom_reader");
        shares = List.of(
                RunningDaemon.on(at(server.uri(), "share_0"), "promql.shares", share(1)),
                RunningDaemon.on(at(server.uri(), "share_1")));
        for (RunningDaemon daemon : daemons()) {
            daemon.value("SELECT prom_api.set_text_views('.*')");
        }
        Sql.execute(reader, Files.readString(Path.of("deploy/shares/shares.sql")));
        for (String share : List.of("share_0", "share_1")) {
            String add = "SELECT prom_share.add(?, '127.0.0.1', ?::int, ?, 'grafana', 'any')";
            Sql.rows(reader, add, share, "" + server.port(), share);
        }
        storeAll();
        assertThat(refresh()).isEqualTo(METRICS.size());
    }

    private void create(String database, String template) throws SQLException {
        try (Connection superuser = TestDatabase.connect(server.superuser())) {
            Sql.execute(
                    superuser,
                    "CREATE DATABASE " + database + " OWNER " + server.uri().user() + " TEMPLATE " + template);
        }
    }

    @AfterAll
    void stop() throws Exception {
        reader.close();
        for (RunningDaemon daemon : daemons()) {
            daemon.close();
        }
        server.close();
    }

    @Test
    void viewsOverSharesShowWhatOneDatabaseShowsInBothTiersAndFollowWhatIsNewAndWhatIsGone() throws Exception {
        assertThat(refresh()).isZero();
        assertSame();
        for (RunningDaemon daemon : daemons()) {
            daemon.execute("CALL prom_api.execute_maintenance()");
            Await.until(
                    "the old block is packed",
                    () -> daemon.value("SELECT count(*) > 0 FROM " + Packed.of("load"))
                            .equals("t"));
        }
        assertSame();

        Sql.execute(reader, "CREATE VIEW mine AS SELECT instance, max(value) FROM prom_text.load GROUP BY instance");
        TestSample labelled = TestSample.of("load", now + 60_000, 7, "job", "j", "instance", "1", "zone", "z");
        store(shares.get(1), List.of(labelled));
        store(whole, List.of(labelled));
        assertThat(refresh()).isOne();
        assertSame();
        assertThat(Sql.rows(reader, "SELECT value, zone FROM prom_text.load WHERE zone IS NOT NULL"))
                .containsExactly("7|z");
        assertThat(Sql.rows(reader, "SELECT count(*) FROM mine")).containsExactly("4");

        shares.get(0).rows("SELECT prom_api.drop_metric('Odd:name')");
        shares.get(1).rows("SELECT prom_api.drop_metric('only_in_1')");
        assertThat(refresh()).isZero();
        assertThat(Sql.rows(reader, "SELECT DISTINCT instance FROM prom_text.\"Odd:name\" ORDER BY 1"))
                .containsExactly("1", "3");
        assertThat(Sql.value(reader, "SELECT to_regclass('prom_text.only_in_1') IS NULL"))
                .isEqualTo("t");
    }

    @Test
    void conditionsAreSentToTheSharesAndSoIsAMovingTimeInASubquery() throws Exception {
        assertThat(remote("time > '2026-01-01 00:00:00+00'")).allMatch(sql -> sql.contains("\"time\" > '2026"));
        assertThat(remote("time > (SELECT now() - interval '1 hour')")).allMatch(sql -> sql.contains("\"time\" > $1"));
        assertThat(remote("instance = '1'")).allMatch(sql -> sql.contains("instance = '1'"));
        assertThat(remote("time > now() - interval '1 hour'")).noneMatch(sql -> sql.contains("WHERE"));
        String recent = "SELECT count(*) FROM prom_text.load WHERE time > (SELECT now() - interval '1 hour')";
        assertThat(Sql.value(reader, recent)).isEqualTo(whole.value(recent));
    }

    @Test
    void aQueryCanRunInEachShareAndLeavesNoConnectionBehindWhenItFails() throws Exception {
        String sums = "SELECT job, date_bin('10 s', time, '2000-01-01') AS time, sum(value), count(*)"
                + " FROM prom_text.load GROUP BY 1, 2";
        String each = "SELECT job, time, round(sum(sum)), sum(count) FROM prom_share.each(?) row, jsonb_to_record(row)"
                + " AS r(job text, time timestamptz, sum float8, count bigint) GROUP BY 1, 2 ORDER BY 2";
        assertThat(Sql.rows(reader, each, sums))
                .hasSizeGreaterThanOrEqualTo(TIMES / 5)
                .isEqualTo(whole.rows("SELECT job, time, round(sum), count FROM (" + sums + ") q ORDER BY 2"));

        assertThatThrownBy(() -> Sql.rows(reader, each, sums.replace("job", "none")))
                .hasMessageContaining("none");
        assertThat(Sql.value(reader, "SELECT public.dblink_get_connections() IS NULL"))
                .isEqualTo("t");
        assertThat(Sql.value(reader, "SELECT has_function_privilege('grafana', 'prom_share.each(text)', 'EXECUTE')"))
                .isEqualTo("f");
        String special =
                "SELECT float8send(value) FROM prom_share.each(?) row, jsonb_to_record(row) AS r(value float8)";
        assertThat(Sql.rows(reader, special, "SELECT 'NaN'::float8 AS value"))
                .hasSize(2)
                .allMatch("\\x7ff8000000000000"::equals);
        assertThat(Sql.rows(reader, special, "SELECT 0.1::float8 + 0.2 AS value"))
                .hasSize(2)
                .allMatch("\\x3fd3333333333334"::equals);
    }

    @Test
    void aShareThatIsAwayIsNamedByTheErrorAndTheOtherGoesOn() throws Exception {
        Sql.execute(reader, "ALTER SERVER share_1 OPTIONS (SET port '1')");
        try {
            assertThatThrownBy(() -> Sql.rows(reader, ROWS.formatted("load"))).hasMessageContaining("share_1");
            assertThat(Sql.rows(reader, "SELECT DISTINCT instance FROM share_0.load ORDER BY 1"))
                    .containsExactly("0", "1", "2");
        } finally {
            Sql.execute(reader, "ALTER SERVER share_1 OPTIONS (SET port '" + server.port() + "')");
        }
    }

    @Test
    void theQueryApiOfADaemonAnswersForAllSharesAndForATargetThatHasMoved() throws Exception {
        String end = Long.toString(now / 1000 + 60);
        for (String path : List.of(
                "query?time=" + end + "&query=" + encoded("sum by (job) (load) + count(load)"),
                "query?time=" + end + "&query=" + encoded("avg_over_time(load[7h])"),
                "query?time=" + end + "&query=" + encoded("load{instance=~\"1|2\"}[7h]"),
                "query_range?step=7&start=" + now / 1000 + "&end=" + end + "&query=" + encoded("topk(2, load)"),
                "series?match[]=load",
                "labels",
                "labels?match[]=load",
                "label/instance/values",
                "label/instance/values?match[]=load",
                "query_exemplars?query=load&start=0&end=" + end,
                "metadata")) {
            String answer = get(shares.get(0), "/api/v1/" + path);
            assertThat(answer).as(path).contains("\"success\"").isEqualTo(get(whole, "/api/v1/" + path));
        }
        assertThat(get(shares.get(0), "/federate?match[]=load").lines().sorted())
                .hasSizeGreaterThan(4)
                .containsExactlyElementsOf(
                        get(whole, "/federate?match[]=load").lines().sorted().toList());
    }

    @Test
    void queriesAreRefusedWithTheReasonWhileAShareIsAwayAndSamplesAreTakenNevertheless() throws Exception {
        String away = "postgresql://grafana@127.0.0.1:" + Programs.freePort() + "/share_1";
        try (RunningDaemon daemon = RunningDaemon.on(at(server.uri(), "share_0"), "promql.shares", away)) {
            HttpResponse<String> refused = daemon.sender().get("/api/v1/query?query=load");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains(away.substring(away.indexOf('@') + 1, away.lastIndexOf('/')));
            assertThat(daemon.send(TestSample.of("load", now, Math.sqrt(0), "job", "j", "instance", "0"))
                            .statusCode())
                    .isEqualTo(204);
            assertThat(daemon.sender().get("/-/ready").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"series?match[]=%7Bjob=%22j%22%7D", "query?query=%7Bjob=%22j%22%7D"})
    void sharesAreReadAtTheSameTimeAndAClientThatGoesAwayEndsTheStatementsInAll(String path) throws Exception {
        try (Connection first = TestDatabase.connect(at(server.uri(), "share_0"));
                Connection second = TestDatabase.connect(at(server.uri(), "share_1"))) {
            for (Connection held : List.of(first, second)) {
                Sql.execute(held, "BEGIN");
                Sql.execute(held, "LOCK TABLE _prom_catalog.label_key");
            }
            try (Socket client = new Socket("127.0.0.1", shares.get(0).port())) {
                client.getOutputStream()
                        .write(("GET /api/v1/" + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                // Its own database does not let the daemon get on.
                Await.until("the other share is read as well", () -> waiting() == 1);
            }
            Await.until("the statement has ended", () -> waiting() == 0);
        }
    }

    private long waiting() throws SQLException {
        return Long.parseLong(Sql.value(
                reader,
                "SELECT count(*) FROM pg_stat_activity WHERE datname = 'share_1' AND usename = 'grafana'"
                        + " AND wait_event_type = 'Lock'"));
    }

    private String share(int number) {
        return "postgresql://grafana@127.0.0.1:" + server.port() + "/share_" + number;
    }

    private static String get(RunningDaemon daemon, String path) throws Exception {
        return daemon.sender().get(path).body();
    }

    private static String encoded(String query) {
        return URLEncoder.encode(query, StandardCharsets.UTF_8);
    }

    private List<String> remote(String condition) throws SQLException {
        List<String> sent = Sql.rows(
                        reader, "EXPLAIN (VERBOSE, COSTS OFF) SELECT value FROM prom_text.load WHERE " + condition)
                .stream()
                .filter(line -> line.contains("Remote SQL"))
                .toList();
        assertThat(sent).hasSize(2);
        return sent;
    }

    private void assertSame() throws SQLException {
        for (String metric : METRICS) {
            List<String> expected = whole.rows(ROWS.formatted(metric));
            assertThat(expected).hasSizeGreaterThanOrEqualTo(2 * TIMES);
            assertThat(Sql.rows(reader, ROWS.formatted(metric))).as(metric).isEqualTo(expected);
        }
    }

    private int refresh() throws SQLException {
        return Integer.parseInt(Sql.value(reader, "SELECT prom_share.refresh()"));
    }

    private List<RunningDaemon> daemons() {
        return List.of(whole, shares.get(0), shares.get(1));
    }

    private void storeAll() throws Exception {
        for (int instance = 0; instance < 4; instance++) {
            List<TestSample> samples = new ArrayList<>();
            for (String metric : METRICS) {
                if (metric.equals("only_in_1") && instance != 1) {
                    continue;
                }
                for (int time = 0; time < TIMES; time++) {
                    for (long begin : List.of(past, now)) {
                        samples.add(TestSample.of(
                                metric,
                                begin + 1_000L * time,
                                Math.sqrt(time + instance),
                                "job",
                                "j",
                                "instance",
                                "" + instance));
                    }
                }
            }
            store(whole, samples);
            store(shares.get(instance % 2), samples);
        }
        // A target that has moved.
        List<TestSample> moved = List.of(TestSample.of("load", now + 50_000, 5, "job", "j", "instance", "1"));
        store(shares.get(0), moved);
        store(whole, moved);
    }

    private static void store(RunningDaemon daemon, List<TestSample> samples) throws Exception {
        assertThat(daemon.send(samples).statusCode()).isEqualTo(204);
        daemon.awaitViews();
    }

    private static DatabaseUri at(DatabaseUri uri, String database) {
        return new DatabaseUri(uri.hosts(), database, uri.user(), uri.password(), uri.parameters());
    }
}
