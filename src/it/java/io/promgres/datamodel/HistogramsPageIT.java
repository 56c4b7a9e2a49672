package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.remoteread.StartedPromgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

/** The page src/docs/histograms.md; see {@link ExamplePage}. */
class HistogramsPageIT {

    private final Instant first = Instant.now().truncatedTo(ChronoUnit.MINUTES);
    private final Instant second = first.plusSeconds(15);

    @Test
    void everyQueryGivesWhatThePageShows() throws Exception {
        WriteRequest request = WriteRequest.newBuilder()
                .addTimeseries(series("/cart", histogram(first, 2.5, 4, 1, 0), histogram(second, 21.5, 6, 9, 4)))
                .addTimeseries(series("/search", histogram(first, 0.25, 1, 0, 0), histogram(second, 4, 3, 2, 0)))
                .build();
        try (StartedPromgres promgres = new StartedPromgres(Map.of())) {
            assertThat(promgres.post("/api/v1/write", "application/x-protobuf", Snappy.compress(request.toByteArray()))
                            .statusCode())
                    .isEqualTo(204);
            promgres.makeViews();
            Map<String, Instant> times = Map.of("2026-11-01 10:00:00", first, "2026-11-01 10:00:15", second);
            try (Connection connection = promgres.connect()) {
                new ExamplePage(Path.of("src", "docs", "histograms.md"), times).check(connection, getClass());
            }
        }
    }

    private static TimeSeries series(String handler, Histogram... histograms) {
        TimeSeries.Builder series = TimeSeries.newBuilder()
                .addLabels(Label.newBuilder().setName("__name__").setValue("request_seconds"))
                .addLabels(Label.newBuilder().setName("handler").setValue(handler));
        for (Histogram histogram : histograms) {
            series.addHistograms(histogram);
        }
        return series.build();
    }

    /** @param counts of the buckets up to 0.5, 1 and 2 */
    private static Histogram histogram(Instant time, double sum, long... counts) {
        Histogram.Builder histogram = Histogram.newBuilder()
                .setTimestamp(time.toEpochMilli())
                .setSum(sum)
                .setZeroThreshold(Math.pow(2, -128))
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(-1).setLength(counts.length));
        long before = 0;
        long count = 0;
        for (long bucket : counts) {
            histogram.addPositiveDeltas(bucket - before);
            before = bucket;
            count += bucket;
        }
        return histogram.setCountInt(count).build();
    }
}
