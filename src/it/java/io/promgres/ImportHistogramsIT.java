package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.remoteread.HistogramSite;
import io.promgres.remoteread.PrometheusServer;
import io.promgres.remoteread.ReadClient;
import io.promgres.remoteread.StartedPromgres;
import io.promgres.remotewrite.HistogramBodies;
import io.promgres.testing.AnyServer;
import io.promgres.testing.PrometheusRelease;
import io.promgres.testing.Sender;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;

/** Native histograms are imported from real Prometheus, and from promgres. */
@AnyServer
class ImportHistogramsIT {

    private static final Instant START =
            Instant.now().minus(150, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.MINUTES);

    /** After all of the data, and after a number of windows. */
    private static final Instant END =
            START.plus(Duration.ofMillis((long) HistogramSite.POINTS * HistogramSite.STEP_MILLIS));

    /** The id of a series is made of its labels. */
    private static final String ROWS = "SELECT series_id, time, count, sum, encode(body, 'hex')"
            + " FROM prom_data.histogram ORDER BY series_id, time";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final ReadClient reader = new ReadClient();

    @TempDir
    private Path directory;

    private StartedPromgres promgres;

    @BeforeEach
    void start() throws Exception {
        promgres = new StartedPromgres(Map.of());
    }

    @AfterEach
    void stop() {
        promgres.close();
    }

    @Test
    void theHistogramsAreThoseThatPrometheus3SaysItHas() throws Exception {
        PrometheusRelease.THREE.require();
        HistogramSite site = new HistogramSite(START.toEpochMilli()).withMore();
        try (PrometheusServer prometheus = prometheus(PrometheusRelease.THREE, site)) {
            assertThat(run(prometheus.url(), "state")).as(err.toString()).isZero();
            List<TimeSeries> expected =
                    new ArrayList<>(reader.samples(prometheus.url(), START.toEpochMilli(), END.toEpochMilli() - 1));
            assertThat(expected).hasSameSizeAs(site.series());
            // An answer of samples of Prometheus 3.5 has no custom bounds; the chunks that are imported have them.
            expected.removeIf(
                    one -> one.getLabelsList().equals(site.customBounds().getLabelsList()));
            expected.add(site.customBounds());
            assertSame(data(imported()), data(expected));
        }
    }

    @Test
    void theHistogramsAreThoseThatWereWrittenToPrometheus2() throws Exception {
        PrometheusRelease.INSTALLED.require();
        HistogramSite site = new HistogramSite(START.toEpochMilli());
        try (PrometheusServer prometheus = prometheus(PrometheusRelease.INSTALLED, site)) {
            assertThat(run(prometheus.url(), "state")).as(err.toString()).isZero();
            assertSame(data(imported()), data(site.series()));
        }
    }

    @Test
    void aCopyOfPromgresHasTheSameBytesAndImportingTwiceAddsNothing() throws Exception {
        try (StartedPromgres source = new StartedPromgres(Map.of())) {
            Random random = new Random(3);
            WriteRequest.Builder request = WriteRequest.newBuilder();
            for (int series = 0; series < 20; series++) {
                TimeSeries.Builder one = request.addTimeseriesBuilder()
                        .addLabels(Label.newBuilder().setName("__name__").setValue("any_" + series % 3))
                        .addLabels(Label.newBuilder().setName("n").setValue("" + series));
                for (int point = 0; point < 100; point++) {
                    long time = START.toEpochMilli() + point * 60_000L;
                    one.addHistograms(HistogramBodies.random(random).toBuilder().setTimestamp(time));
                }
            }
            byte[] body = Snappy.compress(request.build().toByteArray());
            assertThat(new Sender(source.url()).post(body).statusCode()).isEqualTo(204);

            assertThat(run(source.url(), "first")).as(err.toString()).isZero();
            assertThat(out.toString()).contains("Imported 0 samples and 2,000 native histograms.");
            List<String> rows = source.query(ROWS);
            assertThat(rows).hasSize(2_000);
            assertThat(promgres.query(ROWS)).isEqualTo(rows);

            assertThat(run(source.url(), "second")).as(err.toString()).isZero();
            assertThat(promgres.query(ROWS)).isEqualTo(rows);
            promgres.makeViews();
            assertThat(promgres.query("SELECT count(*) FROM prom_histogram.any_0"))
                    .containsExactly("700");
        }
    }

    private PrometheusServer prometheus(PrometheusRelease release, HistogramSite site) throws Exception {
        PrometheusServer prometheus = PrometheusServer.start(
                release,
                directory.resolve("prometheus"),
                "global: {}\n",
                "--enable-feature=native-histograms",
                "--web.enable-remote-write-receiver");
        Sender sender = new Sender(prometheus.url());
        for (byte[] request : site.requests()) {
            assertThat(sender.post(request).statusCode()).isEqualTo(204);
        }
        return prometheus;
    }

    private int run(String from, String state) {
        return Main.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "import",
                "--from",
                from,
                "--to",
                promgres.url(),
                "--start",
                START.toString(),
                "--end",
                END.toString(),
                "--state",
                directory.resolve(state).toString());
    }

    private List<TimeSeries> imported() throws Exception {
        return reader.samples(promgres.url(), START.toEpochMilli(), END.toEpochMilli() - 1);
    }

    /**
     * What each series has, bit for bit but for the hints of resets: Prometheus says less than its chunks do. Answers of
     * samples have series in any order.
     */
    private static List<String> data(List<TimeSeries> series) {
        List<TimeSeries> sorted = new ArrayList<>(series);
        sorted.sort(Comparator.comparing(one -> one.getLabelsList().toString()));
        List<String> data = new ArrayList<>();
        for (TimeSeries one : sorted) {
            String name = one.getLabels(0).getValue() + " " + one.getLabels(1).getValue() + " ";
            one.getSamplesList().forEach(sample -> data.add(name + hex(sample)));
            for (Histogram histogram : one.getHistogramsList()) {
                Histogram.Builder copy = histogram.toBuilder();
                if (copy.getResetHint() != Histogram.ResetHint.GAUGE) {
                    copy.clearResetHint();
                }
                data.add(name + hex(copy.build()));
            }
        }
        return data;
    }

    /** Names the first one that is different. */
    private static void assertSame(List<String> actual, List<String> expected) {
        for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
            assertThat(actual.get(i)).isEqualTo(expected.get(i));
        }
        assertThat(actual).hasSameSizeAs(expected);
    }

    private static String hex(Message message) {
        return HexFormat.of().formatHex(message.toByteArray()) + " "
                + TextFormat.printer().emittingSingleLine(true).printToString(message);
    }
}
