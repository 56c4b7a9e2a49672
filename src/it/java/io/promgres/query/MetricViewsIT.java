package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Types.LabelMatcher;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.remoteread.ReadClient;
import io.promgres.testing.AnyServer;
import io.promgres.testing.QueryClient;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Views of users that are registered as metrics: PromQL and remote read give what SQL gives. */
@AnyServer
class MetricViewsIT {

    private static final long MINUTE = 60_000;
    private static final long END = System.currentTimeMillis() / MINUTE * MINUTE;
    private static final long START = END - 10 * MINUTE;

    private static TestDatabase database;
    private static RunningDaemon daemon;
    private static QueryClient client;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        client = new QueryClient(daemon.url());
        List<TestSample> samples = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            long time = START + i * 15_000;
            samples.add(TestSample.of("load", time, i, "job", "node", "instance", "a"));
            samples.add(TestSample.of("load", time, 100 + i, "job", "node", "instance", "b"));
        }
        daemon.send(samples);
        daemon.awaitViews();
        daemon.execute("CREATE SCHEMA \"down Sampled\"");
        String minutes = "AS SELECT date_bin('1 minute', time, '2020-01-01Z') AS time, series_id, max(value) AS value,"
                + " min(value) AS \"the \"\"lowest\"\"\", nullif(min(value), 4) AS holes FROM prom_metric.load GROUP BY 1, 2";
        daemon.execute("CREATE MATERIALIZED VIEW \"down Sampled\".load_1m " + minutes);
        daemon.execute("CREATE VIEW \"down Sampled\".both " + minutes);
        daemon.value("SELECT register_metric_view('down Sampled', 'load_1m')");
        daemon.value("SELECT register_metric_view('down Sampled', 'both')");
        // Its name is a metric's only later.
        List<TestSample> later = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            later.add(TestSample.of("both", START + i * 15_000, 7, "job", "node", "instance", "a"));
        }
        daemon.send(later);
        daemon.awaitViews();
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @Test
    void aViewIsAskedByItsName() throws Exception {
        assertThat(vector("load_1m", START + 2 * MINUTE))
                .isEqualTo("[" + one("\"__name__\":\"load_1m\",\"instance\":\"a\",\"job\":\"node\"", "11") + ","
                        + one("\"__name__\":\"load_1m\",\"instance\":\"b\",\"job\":\"node\"", "111") + "]");
        assertThat(vector("sum(max_over_time(load_1m{instance=~\"a|c\"}[5m]))", START + 2 * MINUTE))
                .isEqualTo("[" + one("", "11") + "]");
        assertThat(vector("load_1m{instance=\"c\"}", START + 2 * MINUTE)).isEqualTo("[]");
    }

    @Test
    void aSchemaAndAColumnAreAskedByLabelsAsInPromscale() throws Exception {
        assertThat(vector(
                        "load_1m{__schema__=\"down Sampled\",__column__=\"the \\\"lowest\\\"\",instance=\"b\"}",
                        START + 2 * MINUTE))
                .isEqualTo("["
                        + one(
                                "\"__column__\":\"the \\\"lowest\\\"\",\"__name__\":\"load_1m\",\"__schema__\":\"down Sampled\","
                                        + "\"instance\":\"b\",\"job\":\"node\"",
                                "108")
                        + "]");
        assertThat(vector("load_1m{__schema__=\"public\"}", START + 2 * MINUTE)).isEqualTo("[]");
        assertThat(vector("load_1m{__column__=\"time\"}", START + 2 * MINUTE)).isEqualTo("[]");
        assertThat(vector("load{__column__=\"other\"}", START + 2 * MINUTE)).isEqualTo("[]");
    }

    @Test
    void aMetricOfTheSameNameComesFirstAndTheSchemaTellsThemApart() throws Exception {
        assertThat(vector("sum(both)", START + 2 * MINUTE)).isEqualTo("[" + one("", "7") + "]");
        assertThat(vector("sum(both{__schema__=\"prom_data\"})", START + 2 * MINUTE))
                .isEqualTo("[" + one("", "7") + "]");
        assertThat(vector("sum(both{__schema__=\"down Sampled\"})", START + 2 * MINUTE))
                .isEqualTo("[" + one("", "122") + "]");
        assertThat(vector("sum(both{__schema__=\"down Sampled\"}) - sum(both)", START + 2 * MINUTE))
                .isEqualTo("[" + one("", "115") + "]");
    }

    @Test
    void whereAViewHasNullThereIsNoSample() throws Exception {
        assertThat(vector("count_over_time(load_1m{__column__=\"holes\",instance=\"a\"}[10m1ms])", END))
                .contains("\"9\"");
    }

    @Test
    void theListOfNamesAndTheSeriesHaveViewsToo() throws Exception {
        assertThat(client.get("/api/v1/label/__name__/values").body()).contains("\"load_1m\"");
        assertThat(client.get("/api/v1/series", "match[]", "load_1m", "match[]", "load")
                        .body())
                .contains("\"load_1m\"", "\"load\"");
        assertThat(daemon.rows("SELECT * FROM prom_info.metric_view ORDER BY view_name"))
                .containsExactly(
                        "down Sampled|both|{load}|{value,\"the \\\"lowest\\\"\",holes}",
                        "down Sampled|load_1m|{load}|{value,\"the \\\"lowest\\\"\",holes}");
    }

    @Test
    void remoteReadGivesTheRowsOfTheView() throws Exception {
        List<TimeSeries> series = new ReadClient()
                .samples(
                        daemon.url(),
                        START,
                        END,
                        equal("__name__", "load_1m"),
                        equal("__schema__", "down Sampled"),
                        equal("instance", "a"));

        assertThat(series).hasSize(1);
        assertThat(series.get(0).getLabelsList().stream().map(label -> label.getName() + "=" + label.getValue()))
                .containsExactly("__name__=load_1m", "__schema__=down Sampled", "instance=a", "job=node");
        assertThat(series.get(0).getSamplesList().stream()
                        .map(sample -> (sample.getTimestamp() - START) / MINUTE + "=" + sample.getValue()))
                .containsExactly(
                        "0=3.0", "1=7.0", "2=11.0", "3=15.0", "4=19.0", "5=23.0", "6=27.0", "7=31.0", "8=35.0",
                        "9=39.0");
    }

    private static LabelMatcher equal(String name, String value) {
        return LabelMatcher.newBuilder()
                .setType(LabelMatcher.Type.EQ)
                .setName(name)
                .setValue(value)
                .build();
    }

    private static String vector(String query, long time) throws Exception {
        String body = client.get("/api/v1/query", "query", query, "time", time / 1000 + "")
                .body();
        String values = body.replaceAll("\"value\":\\[[0-9.]+,", "\"value\":[");
        assertThat(values).startsWith("{\"status\":\"success\"");
        return values.substring(values.indexOf("\"result\":") + "\"result\":".length(), values.length() - 2);
    }

    private static String one(String labels, String value) {
        return "{\"metric\":{" + labels + "},\"value\":[\"" + value + "\"]}";
    }
}
