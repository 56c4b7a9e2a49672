package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Statements on the command line. */
class SqlIT {

    private static TestDatabase database;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void migrate() {
        database = TestDatabase.migrated();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @Test
    void rowsAreATable() {
        assertThat(sql("SELECT n, CASE n WHEN 2 THEN E'two\\nlines' END AS name FROM generate_series(1, 3) n"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString().lines()).containsExactly("n  name", "1", "2  two\\nlines", "3", "(3 rows)");
    }

    @Test
    void csvQuotesWhatNeedsIt() {
        assertThat(sql("SELECT 'a,\"b\"' AS quoted, NULL AS empty, 1.5 AS number", "--format", "csv"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString().lines()).containsExactly("quoted,empty,number", "\"a,\"\"b\"\"\",,1.5");
    }

    @Test
    void jsonIsAnObjectInEachLine() {
        assertThat(sql(
                        "SELECT 1 AS n, 'NaN'::float8 AS nan, true AS yes, '{\"a\": [1]}'::jsonb AS json, NULL AS nothing,"
                                + " ARRAY[1, 2] AS list FROM generate_series(1, 2)",
                        "--format",
                        "json"))
                .as(err.toString())
                .isZero();
        String row = "{\"n\":1,\"nan\":\"NaN\",\"yes\":true,\"json\":{\"a\": [1]},\"nothing\":null,\"list\":\"{1,2}\"}";
        assertThat(out.toString().lines()).containsExactly(row, row);
    }

    @Test
    void functionsThatSelectCallsTakeEffectAndProceduresHaveTransactionsOfTheirOwn() {
        assertThat(sql("""
                CREATE TABLE called (n int);
                CREATE FUNCTION note() RETURNS int LANGUAGE sql AS 'INSERT INTO called VALUES (1) RETURNING n';
                CREATE PROCEDURE note_twice() LANGUAGE plpgsql AS
                    'BEGIN INSERT INTO called VALUES (2); COMMIT; INSERT INTO called VALUES (3); END';
                """)).as(err.toString()).isZero();
        assertThat(sql("SELECT note()")).as(err.toString()).isZero();
        assertThat(sql("CALL note_twice()")).as(err.toString()).isZero();
        assertThat(sql("SELECT string_agg(n::text, '-' ORDER BY n) AS called FROM called"))
                .isZero();
        assertThat(out.toString()).contains("called\n1-2-3\n");
    }

    @Test
    void severalStatementsTakeEffectTogetherOrNotAtAll() {
        assertThat(sql("CREATE TABLE half_done (n int); SELECT 1 / 0")).isEqualTo(1);
        assertThat(err.toString()).startsWith("promgres: ERROR: division by zero");
        assertThat(sql("SELECT to_regclass('half_done') IS NULL AS absent")).isZero();
        assertThat(out.toString()).contains("absent\nt\n");
    }

    @Test
    void anErrorIsThatOfTheDatabase() {
        assertThat(sql("SELECT * FROM node_laod1")).isEqualTo(1);
        assertThat(err.toString()).startsWith("promgres: ERROR: relation \"node_laod1\" does not exist");
    }

    @Test
    void aMetricThatIsWrittenWithoutItsQuotesIsNamedWithThem() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.on(database)) {
            daemon.send(TestSample.of("node_memory_MemAvailable_bytes", System.currentTimeMillis(), 1));
            daemon.awaitViews();
        }
        assertThat(sql("SELECT * FROM node_memory_MemAvailable_bytes")).isEqualTo(1);
        assertThat(err.toString()).contains("did you mean \"node_memory_MemAvailable_bytes\"?", "double quotes");
        assertThat(sql("SELECT * FROM prom_metric.node_memory_MemAvailable_bytes"))
                .isEqualTo(1);
        assertThat(sql("CALL nothing(); SELECT * FROM nosuch_metric")).isEqualTo(1);
        assertThat(sql("SELECT * FROM nosuch_metric")).isEqualTo(1);
        assertThat(err.toString().lines().filter(line -> line.contains("did you mean")))
                .hasSize(2);
        assertThat(err.toString()).contains("prom_api.find('part of a name') lists metrics");
    }

    private int sql(String statement, String... options) {
        String[] arguments = new String[options.length + 4];
        arguments[0] = "sql";
        arguments[1] = statement;
        arguments[2] = "--db";
        arguments[3] = database.uri().psql();
        System.arraycopy(options, 0, arguments, 4, options.length);
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
