package io.promgres;

import static io.promgres.remotewrite.MessagesV2.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.WriteV2.Histogram;
import io.promgres.remotewrite.MessagesV2;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;

/** When series began to count goes from one promgres to another by remote read, if it is switched on. */
class StartTimestampsIT {

    private static final long T = 1_769_760_000_000L;
    private static final String STARTS = "SELECT metric_name, extract(epoch FROM start_time - to_timestamp(" + T
            + " / 1000.0))::int, extract(epoch FROM first_time - to_timestamp(" + T + " / 1000.0))::int"
            + " FROM prom_info.series_start ORDER BY 1, 3";
    private static final String HISTOGRAMS = "SELECT extract(epoch FROM time - to_timestamp(" + T
            + " / 1000.0))::int, extract(epoch FROM start_time - to_timestamp(" + T + " / 1000.0))::int"
            + " FROM prom_histogram.started_histogram ORDER BY 1";
    private static final String VALUES = "SELECT count(*), sum(value) FROM prom_metric.";

    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void startsOfSamplesAndHistogramsAreImportedWhereTheSourceSaysThem() throws Exception {
        try (TestDatabase from = TestDatabase.migrated();
                TestDatabase to = TestDatabase.migrated();
                RunningDaemon source = RunningDaemon.on(from, "remote-read.start-timestamps", "true");
                RunningDaemon target = RunningDaemon.on(to)) {
            fill(source);
            importAll(source, target);
            assertThat(source.rows(STARTS))
                    .containsExactly(
                            "started|-5|0", "started|150|150", "started_histogram|-7|0", "started_histogram|160|160");
            assertThat(target.rows(STARTS)).isEqualTo(source.rows(STARTS));
            assertThat(target.rows(HISTOGRAMS))
                    .isEqualTo(source.rows(HISTOGRAMS))
                    .contains("0|-7", "299|160");
            for (String metric : List.of("started", "unknown")) {
                assertThat(target.rows(VALUES + metric)).containsExactly("300|44850");
            }
        }
    }

    @Test
    void anAnswerHasNoneUnlessItIsSwitchedOn() throws Exception {
        try (TestDatabase from = TestDatabase.migrated();
                TestDatabase to = TestDatabase.migrated();
                RunningDaemon source = RunningDaemon.on(from);
                RunningDaemon target = RunningDaemon.on(to)) {
            fill(source);
            importAll(source, target);
            assertThat(target.rows(STARTS)).isEmpty();
            assertThat(target.rows(VALUES + "started")).containsExactly("300|44850");
        }
    }

    /** A counter that began anew after 150 s, one that says nothing, and histograms. */
    private static void fill(RunningDaemon source) throws Exception {
        MessagesV2 request = new MessagesV2();
        for (int i = 0; i < 300; i++) {
            long time = T + i * 1_000L;
            request.series("__name__", "started")
                    .addSamples(sample(time, i).toBuilder().setStartTimestamp(T + (i < 150 ? -5_000 : 150_000)));
            request.series("__name__", "unknown").addSamples(sample(time, i));
            request.series("__name__", "started_histogram")
                    .addHistograms(Histogram.newBuilder()
                            .setTimestamp(time)
                            .setSum(i)
                            .setStartTimestamp(T + (i < 160 ? -7_000 : 160_000)));
        }
        int status = source.sender()
                .post(
                        "/api/v1/write",
                        "application/x-protobuf;proto=io.prometheus.write.v2.Request",
                        Snappy.compress(request.bytes()));
        assertThat(status).isEqualTo(204);
        source.awaitViews();
    }

    private void importAll(RunningDaemon source, RunningDaemon target) throws Exception {
        String state = directory.resolve("state").toString();
        String start = Long.toString(T / 1000);
        String end = Long.toString(T / 1000 + 300);
        int exit = Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err), new String[] {
            "import", "--from", source.url(), "--to", target.url(), "--start", start, "--end", end, "--state", state
        });
        assertThat(exit).as(err.toString()).isZero();
        target.awaitViews();
    }
}
