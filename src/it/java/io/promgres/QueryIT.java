package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Expressions on the command line, of a database that no daemon has to run on. */
class QueryIT {

    private static final Instant END = Instant.ofEpochSecond(System.currentTimeMillis() / 60_000 * 60);
    private static final Instant START = END.minusSeconds(60);

    private static TestDatabase database;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void store() throws Exception {
        database = TestDatabase.migrated();
        try (RunningDaemon daemon = RunningDaemon.on(database)) {
            List<TestSample> samples = new ArrayList<>();
            for (Instant time : List.of(START, END)) {
                double value = time.equals(END) ? 2.5 : 1;
                samples.add(TestSample.of("load", time.toEpochMilli(), value, "host", "a"));
                samples.add(TestSample.of("load", time.toEpochMilli(), 7, "host", "b", "note", "x,\"y\""));
            }
            assertThat(daemon.send(samples).statusCode()).isEqualTo(204);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        database.close();
    }

    @Test
    void aTableHasAColumnForEachLabel() {
        assertThat(query("load", "--time", END.toString())).as(err.toString()).isZero();
        String gap = " ".repeat(END.toString().length() - "time".length());
        assertThat(out.toString().lines())
                .containsExactly(
                        "time" + gap + "  value  __name__  host  note",
                        END + "  2.5    load      a",
                        END + "  7      load      b     x,\"y\"");
    }

    @Test
    void csvHasARowForEachPointOfARange() {
        assertThat(query(
                        "load * 2",
                        "--start",
                        START.toString(),
                        "--end",
                        END.toString(),
                        "--step",
                        "1m",
                        "--format",
                        "csv"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "time,value,host,note",
                        START + ",2,a,",
                        END + ",5,a,",
                        START + ",14,b,\"x,\"\"y\"\"\"",
                        END + ",14,b,\"x,\"\"y\"\"\"");
    }

    @Test
    void jsonIsTheDataOfTheHttpApi() {
        assertThat(query("sum(load)", "--time", END.toString(), "--format", "json"))
                .isZero();
        assertThat(out.toString().strip())
                .isEqualTo("{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[" + END.getEpochSecond()
                        + ",\"9.5\"]}]}");
    }

    @Test
    void whatIsWrongIsSaidInALine() {
        assertThat(query("sum(load")).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1).first().asString().contains("unclosed left parenthesis");
        assertThat(query("load", "--start", START.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("--start, --end and --step, all three");
        assertThat(query("load", "--start", "1", "--end", "2", "--step", "soon"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("'soon' is no duration");
        assertThat(query("load / on(__name__) load", "--time", END.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("found duplicate series");
    }

    @Test
    void aTableHasALineForEachPointWhateverALabelIs() {
        String odd = "label_replace(vector(1), \"note\", \"a\\nb\\tc\\x1b\", \"\", \"\")";
        assertThat(query(odd, "--time", END.toString())).as(err.toString()).isZero();
        assertThat(out.toString().lines()).hasSize(2).last().asString().endsWith("1      a\\nb\\tc\\u001b");
    }

    @Test
    void tooManyStepsAreToldWithTheOptionThatHelps() {
        assertThat(query("load", "--start", "1", "--end", "20000", "--step", "1s"))
                .isNotZero();
        assertThat(err.toString()).contains("Try decreasing the query resolution (--step)");
    }

    @Test
    void aTranslationIsRunAsItIsPrinted() throws Exception {
        assertThat(run("translate", "sum(load) * 2", "--time", END.toString()))
                .as(err.toString())
                .isZero();
        try (Connection connection = database.connect()) {
            assertThat(Sql.rows(connection, out.toString()))
                    .hasSize(1)
                    .first()
                    .asString()
                    .endsWith("|{}|19");
        }
        assertThat(run("translate", "rate(load[5m])", "--grafana")).isZero();
        assertThat(out.toString()).contains("rate_over('load', NULL, $__timeFrom(), $__timeTo(), '$__interval', '5m')");
        assertThat(run("translate", "sum(")).isEqualTo(2);
        assertThat(err.toString()).contains("unclosed left parenthesis");
        assertThat(run("translate", "1 + deriv(load[1m])")).isEqualTo(1);
        assertThat(err.toString().strip()).isEqualTo("1:5: cannot be said in SQL: the function deriv()");
        assertThat(run("translate", "load", "--start", "1", "--grafana")).isEqualTo(2);
    }

    private int query(String... arguments) {
        List<String> all =
                new ArrayList<>(List.of("query", "--db", database.uri().psql()));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
    }
}
