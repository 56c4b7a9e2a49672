package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.observe.Metrics;
import io.promgres.observe.RouteMetrics;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveFiguresTest {

    private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

    private final Metrics metrics = new Metrics("test");
    private final RouteMetrics write = metrics.route("/api/v1/write", "POST");
    private final RouteMetrics scrape = metrics.route("/metrics", "GET");
    private final LiveFigures figures =
            new LiveFigures(metrics.registry(), "1.2.3", InstantSource.fixed(Instant.ofEpochMilli(1_000)));

    @AfterEach
    void close() {
        metrics.close();
    }

    private JsonNode latest() throws IOException {
        return new ObjectMapper().readTree(figures.latest().bytes());
    }

    @Test
    void atFirstThereIsNoPoint() throws IOException {
        assertThat(latest().get("version").asText()).isEqualTo("1.2.3");
        assertThat(latest().get("startedAt").asLong()).isEqualTo(1_000);
        assertThat(latest().get("samples").size()).isZero();
    }

    @Test
    void countersBecomeRatesPerSecond() throws IOException {
        metrics.samplesAccepted(100);
        metrics.seriesCreated(4);
        figures.tick(TWO_SECONDS);
        metrics.samplesAccepted(50);
        figures.tick(TWO_SECONDS);

        assertThat(latest().get("samples").toString()).isEqualTo("[50,25]");
        assertThat(latest().get("series").toString()).isEqualTo("[2,0]");
        assertThat(latest().get("time").toString()).isEqualTo("[1000,1000]");
    }

    @Test
    void onlyWritesCountAsRequestsAndOnly5xxAsFailed() throws IOException {
        write.answered(204, Duration.ofMillis(2).toNanos());
        write.answered(400, Duration.ofMillis(2).toNanos());
        write.answered(503, Duration.ofMillis(2).toNanos());
        write.answered(503, Duration.ofMillis(2).toNanos());
        scrape.answered(200, Duration.ofSeconds(20).toNanos());
        figures.tick(TWO_SECONDS);

        assertThat(latest().get("requests").toString()).isEqualTo("[2]");
        assertThat(latest().get("failures").toString()).isEqualTo("[1]");
        // All between 1 ms and 5 ms.
        assertThat(latest().get("median").get(0).asDouble()).isEqualTo(0.003);
    }

    @Test
    void withoutARequestThereIsNoLatency() throws IOException {
        write.answered(204, 1);
        figures.tick(TWO_SECONDS);
        figures.tick(TWO_SECONDS);

        assertThat(latest().get("p99").get(0).isNull()).isFalse();
        assertThat(latest().get("p99").get(1).isNull()).isTrue();
    }

    @Test
    void halfAnHourIsKept() throws IOException {
        for (int i = 0; i < 400; i++) {
            figures.tick(LiveFigures.INTERVAL);
        }
        assertThat(latest().get("samples").size())
                .isEqualTo((int) (Duration.ofMinutes(30).toSeconds() / LiveFigures.INTERVAL.toSeconds()));
    }

    @Test
    void theTagChangesWithTheFigures() {
        String before = figures.latest().tag();
        figures.tick(TWO_SECONDS);

        assertThat(figures.latest().tag()).isNotEqualTo(before);
    }
}
