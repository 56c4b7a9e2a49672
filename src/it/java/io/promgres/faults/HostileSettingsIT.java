package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.config.DatabaseUri;
import io.promgres.testing.Await;
import io.promgres.testing.Packed;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.StoredSamples;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Roles and databases with settings of every kind: what is stored and shown is the same with all of them. */
class HostileSettingsIT {

    private static final String PATH = "C:\\new \"dir\"";
    private static final Instant HOUR = Instant.now().truncatedTo(ChronoUnit.HOURS);
    private static final long PAST = HOUR.minus(Duration.ofHours(5)).toEpochMilli();
    private static final long NOW = HOUR.toEpochMilli();
    private static final double[] VALUES = {0.1 + 0.2, 1e300, -0.0, Double.NaN, Double.POSITIVE_INFINITY, 5e-324, 7};

    private final List<TestSample> sent = new ArrayList<>();
    private int version;

    private static Stream<Arguments> settings() {
        return Stream.of(
                Arguments.of("none", new String[0]),
                Arguments.of("how statements are read", new String[] {
                    "default_transaction_isolation = 'serializable'",
                    "default_transaction_deferrable = on",
                    "row_security = off",
                    "array_nulls = off",
                    "transform_null_equals = on",
                    "quote_all_identifiers = on",
                    "standard_conforming_strings = off",
                    "escape_string_warning = off",
                    "plpgsql.extra_errors = 'all'",
                    "search_path = 'evil', 'public'",
                    "synchronous_commit = off"
                }),
                Arguments.of("what values look like", new String[] {
                    "default_transaction_isolation = 'repeatable read'",
                    "DateStyle = 'SQL, DMY'",
                    "IntervalStyle = 'sql_standard'",
                    // Its abbreviation, IST, is taken for Israel's.
                    "TimeZone = 'Asia/Kolkata'",
                    "extra_float_digits = -15",
                    "bytea_output = 'escape'",
                    "client_encoding = 'LATIN1'",
                    "client_min_messages = 'error'",
                    "xmloption = 'document'"
                }),
                Arguments.of("how long anything may take", new String[] {
                    "statement_timeout = '50ms'",
                    "lock_timeout = '1ms'",
                    "idle_in_transaction_session_timeout = '1ms'",
                    "idle_session_timeout = '200ms'",
                    "transaction_timeout = '100ms'",
                    "DateStyle = 'Postgres, DMY'",
                    "TimeZone = 'America/St_Johns'"
                }),
                Arguments.of("how statements are carried out", new String[] {
                    "plan_cache_mode = 'force_generic_plan'",
                    "enable_hashjoin = off",
                    "enable_mergejoin = off",
                    "enable_indexscan = off",
                    "enable_bitmapscan = off",
                    "enable_sort = off",
                    "enable_hashagg = off",
                    "enable_memoize = off",
                    "enable_partition_pruning = off",
                    "constraint_exclusion = on",
                    "join_collapse_limit = 1",
                    "from_collapse_limit = 1",
                    "geqo_threshold = 2",
                    "work_mem = '64kB'",
                    "temp_buffers = '800kB'",
                    "force_parallel_mode = 'regress'",
                    "debug_parallel_query = 'regress'",
                    "default_statistics_target = 1",
                    "jit_above_cost = 0",
                    "DateStyle = 'German'"
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("settings")
    void whatIsStoredAndShownIsTheSameWithSettingsOfEveryKind(String what, String[] settings) throws Exception {
        try (TestDatabase database = TestDatabase.fresh()) {
            makeEvilSchema(database);
            database.begins(settings);
            try (RunningDaemon daemon = RunningDaemon.on(database)) {
                write(daemon);
                assertStored(database);
                pack(database);
                late(daemon);
                query(database, daemon);
                retain(database, daemon);
            }
            try (RunningDaemon again = RunningDaemon.on(database)) {
                store(again, TestSample.of("kept", NOW + 5000, 5, "path", PATH));
                assertStored(database);
            }
        }
    }

    /** What a search path with it in front would find in place of what is meant. */
    private void makeEvilSchema(TestDatabase database) throws SQLException {
        try (Connection connection = database.connect()) {
            version = connection.getMetaData().getDatabaseMajorVersion();
            Sql.execute(connection, "CREATE SCHEMA evil");
            Sql.execute(connection, "CREATE TABLE evil.series (nothing int)");
            Sql.execute(connection, "CREATE TABLE evil.setting (nothing int)");
            Sql.execute(
                    connection,
                    "CREATE FUNCTION evil.evil(bigint, bigint) RETURNS bool LANGUAGE sql AS 'SELECT 1 / 0 = 1'");
            Sql.execute(
                    connection, "CREATE OPERATOR evil.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.evil)");
        }
    }

    private void write(RunningDaemon daemon) throws Exception {
        List<TestSample> first = new ArrayList<>();
        for (int i = 0; i < VALUES.length; i++) {
            first.add(TestSample.of("kept", PAST + i * 10_000, VALUES[i], "path", PATH));
            first.add(TestSample.of("gone", PAST + i * 10_000, i, "instance", "a"));
            first.add(TestSample.of("counter", PAST + i * 10_000, 0.1 * i, "path", PATH));
            first.add(TestSample.of("kept", NOW + i * 100, i, "instance", "a"));
        }
        store(daemon, first.toArray(TestSample[]::new));
        send(daemon, first.toArray(TestSample[]::new));
    }

    private void late(RunningDaemon daemon) throws Exception {
        TestSample[] late = {
            TestSample.of("kept", PAST + 5000, 0.7, "path", PATH), TestSample.of("new", PAST + 5000, 1, "path", PATH)
        };
        store(daemon, late);
        send(daemon, late);
        send(daemon, TestSample.of("kept", PAST, 77, "path", PATH));
    }

    private void pack(TestDatabase database) throws Exception {
        try (Connection user = patient(database)) {
            Sql.execute(user, "CALL prom_api.execute_maintenance()");
            Await.until(
                    "the blocks are packed",
                    () -> Sql.value(user, "SELECT count(*) FROM " + Packed.of("kept"))
                            .equals("1"));
        }
        assertStored(database);
    }

    private void query(TestDatabase database, RunningDaemon daemon) throws Exception {
        assertStored(database);
        String start = "to_timestamp(" + PAST / 1000 + ")";
        try (Connection user = patient(database)) {
            Sql.execute(user, "SET search_path = ps_tag, prom_api, prom_metric, public");
            assertThat(Sql.rows(user, "SELECT count(*) FROM prom_metric.kept WHERE labels ?? ('path' == ?)", PATH))
                    .containsExactly("8");
            assertThat(Sql.rows(
                            user,
                            "SELECT (1e6 * value)::bigint, extract(epoch FROM time)::bigint - " + PAST / 1000
                                    + " FROM prom_api.rate_over(?, NULL, " + start + ", " + start
                                    + " + interval '1 min', '30 s', '30 s')",
                            "counter{path=\"" + PATH.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}"))
                    .containsExactly("10000|30", "10000|60");
            assertThat(Sql.rows(user, "SELECT metric_data.number('1.5'), metric_data.number('x15')"))
                    .containsExactly("1.5|");
            assertThat(Sql.rows(
                            user,
                            "SELECT metric_data.uuid_v8('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')"))
                    .containsExactly("5c146b14-3c52-8afd-938a-375d0df1fbf6");
            assertThat(Sql.rows(user, "SELECT metric_name FROM prom_info.metric ORDER BY 1"))
                    .containsExactly("counter", "gone", "kept", "new");
        }
        String query = URLEncoder.encode("count_over_time(kept[6h]) + 0", StandardCharsets.UTF_8);
        assertThat(daemon.sender()
                        .get("/api/v1/query?query=" + query + "&time=" + (NOW / 1000 + 60))
                        .body())
                .contains("\"success\"", "\"8\"", "\"7\"");
    }

    private void retain(TestDatabase database, RunningDaemon daemon) throws Exception {
        try (Connection user = patient(database)) {
            Sql.rows(user, "SELECT prom_api.set_metric_retention_period('gone', interval '1 hour')");
            Sql.execute(user, "CALL prom_api.execute_maintenance()");
            Await.until(
                    "what has expired is gone",
                    () -> Sql.value(user, "SELECT count(*) FROM prom_metric.gone")
                            .equals("0"));
            Sql.rows(user, "SELECT prom_api.drop_metric('new')");
        }
        sent.removeIf(sample -> List.of("gone", "new").contains(sample.labels().get("__name__")));
        TestSample after = TestSample.of("kept", NOW + 4000, 4, "path", PATH);
        Await.until("places are known anew", () -> daemon.send(after).statusCode() == 204);
        sent.add(after);
        assertStored(database);
    }

    private void store(RunningDaemon daemon, TestSample... samples) throws Exception {
        send(daemon, samples);
        sent.addAll(List.of(samples));
    }

    private static void send(RunningDaemon daemon, TestSample... samples) throws Exception {
        HttpResponse<String> answer = daemon.send(samples);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.statusCode()).isEqualTo(204);
    }

    /** By a session that begins with the settings too. */
    private void assertStored(TestDatabase database) throws Exception {
        Comparator<TestSample> order = Comparator.comparing(
                        (TestSample sample) -> sample.labels().toString())
                .thenComparing(TestSample::time);
        try (Connection user = patient(database)) {
            Await.views(user);
            assertThat(StoredSamples.all(user).stream().sorted(order).toList())
                    .isEqualTo(sent.stream().sorted(order).toList());
        }
    }

    /** A user's session has what the role begins with, but time. */
    private Connection patient(TestDatabase database) throws SQLException {
        DatabaseUri uri = database.uri();
        String options = "-c statement_timeout=0 -c lock_timeout=0 -c idle_session_timeout=0"
                + " -c idle_in_transaction_session_timeout=0" + (version < 17 ? "" : " -c transaction_timeout=0");
        return TestDatabase.connect(
                new DatabaseUri(uri.hosts(), uri.database(), uri.user(), uri.password(), Map.of("options", options)));
    }
}
