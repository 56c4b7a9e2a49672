package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promgres.remotewrite.WriteRequestEncoder;
import io.promgres.testing.AnyServer;
import io.promgres.testing.PrometheusRelease;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Prometheus 3 reads series that are longer than a frame of Prometheus' own: it takes each frame for a series, and refuses two
 * that have the same labels.
 */
@AnyServer
class LongSeriesIT {

    private static final int SAMPLES = 150_000;
    private static final int SAMPLES_OF_A_REQUEST = 50_000;

    private final Instant start = Instant.now().minusSeconds(SAMPLES + 600).truncatedTo(ChronoUnit.SECONDS);

    @Test
    void aSeriesOfMoreThanAMebibyteIsOneSeries(@TempDir Path directory) throws Exception {
        PrometheusRelease.THREE.require();
        try (StartedPromgres promgres = new StartedPromgres(Map.of())) {
            double largest = store(promgres);
            try (PrometheusServer reader = PrometheusServer.start(
                    PrometheusRelease.THREE,
                    directory,
                    "remote_read: [{url: '" + promgres.url() + "/api/v1/read', read_recent: true}]\n")) {
                String range = "[" + SAMPLES + "s]";
                assertThat(value(reader, "count_over_time(long_series" + range + ")"))
                        .isEqualTo(SAMPLES);
                assertThat(value(reader, "max_over_time(long_series" + range + ")"))
                        .isEqualTo(largest);
            }
        }
    }

    private double store(StartedPromgres promgres) throws Exception {
        Random random = new Random(1);
        double largest = 0;
        for (int from = 0; from < SAMPLES; from += SAMPLES_OF_A_REQUEST) {
            WriteRequestEncoder request = new WriteRequestEncoder();
            for (int i = from; i < from + SAMPLES_OF_A_REQUEST; i++) {
                double value = random.nextDouble();
                largest = Math.max(largest, value);
                long second = start.getEpochSecond() + 1 + i;
                request.add(Map.of("__name__", "long_series"), second * 1000, value);
            }
            assertThat(promgres.post("/api/v1/write", "application/x-protobuf", request.encode())
                            .statusCode())
                    .isEqualTo(204);
        }
        return largest;
    }

    private double value(PrometheusServer reader, String query) {
        Instant end = start.plusSeconds(SAMPLES);
        JsonNode answer =
                reader.api("/api/v1/query", Map.of("query", query, "time", Long.toString(end.getEpochSecond())));
        assertThat(answer.path("status").asText()).as(answer.toString()).isEqualTo("success");
        return answer.at("/data/result/0/value/1").asDouble();
    }
}
