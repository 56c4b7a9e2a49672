package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.http.RequestJournal;
import io.promgres.observe.Metrics;
import io.promgres.observe.RouteMetrics;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveFiguresTest {

    private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_000));
    private static final DaemonState STATE = new DaemonState(new RequestJournal(CLOCK), List::of, Optional.empty());

    private final Metrics metrics = new Metrics("test");
    private final RouteMetrics write = metrics.http().route("/api/v1/write", "POST");
    private final RouteMetrics scrape = metrics.http().route("/metrics", "GET");
    private final LiveFigures figures = new LiveFigures(metrics.registry(), "1.2.3", CLOCK, STATE, 0);
    private long nanos;

    @AfterEach
    void close() {
        metrics.close();
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
        figures.tick(nanos);
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
        metrics.interned(4, 1);
        pass(TWO_SECONDS);
        metrics.samplesAccepted(50);
        pass(TWO_SECONDS);

        assertThat(latest().get("samples").toString()).isEqualTo("[50,37.5]");
        assertThat(latest().get("series").toString()).isEqualTo("[2,1]");
        assertThat(latest().get("time").toString()).isEqualTo("[1000,1000]");
    }

    @Test
    void onlyWritesCountAsRequestsAndThoseThatAreRefusedAsFailed() throws IOException {
        write.answered(204, Duration.ofMillis(2).toNanos());
        write.answered(400, Duration.ofMillis(2).toNanos());
        write.answered(503, Duration.ofMillis(2).toNanos());
        write.answered(503, Duration.ofMillis(2).toNanos());
        scrape.answered(200, Duration.ofSeconds(20).toNanos());
        pass(TWO_SECONDS);

        assertThat(latest().get("requests").toString()).isEqualTo("[2]");
        assertThat(latest().get("failures").toString()).isEqualTo("[1.5]");
        // All between 1 ms and 5 ms.
        assertThat(latest().get("median").get(0).asDouble()).isEqualTo(0.003);
    }

    @Test
    void withoutARequestForAMinuteThereIsNoLatency() throws IOException {
        write.answered(204, 1);
        for (int i = 0; i < 13; i++) {
            pass(LiveFigures.INTERVAL);
        }

        assertThat(latest().get("p99").get(11).isNull()).isFalse();
        assertThat(latest().get("p99").get(12).isNull()).isTrue();
        assertThat(latest().get("samples").get(12).asInt()).isZero();
    }

    @Test
    void whatIsTooSoonAfterTheStartIsNoPoint() throws IOException {
        pass(Duration.ofMillis(3));

        assertThat(latest().get("samples").size()).isZero();
    }

    @Test
    void halfAnHourIsKept() throws IOException {
        for (int i = 0; i < 400; i++) {
            pass(LiveFigures.INTERVAL);
        }
        assertThat(latest().get("samples").size())
                .isEqualTo((int) (Duration.ofMinutes(30).toSeconds() / LiveFigures.INTERVAL.toSeconds()));
    }

    @Test
    void theTagChangesWithTheFigures() {
        String before = figures.latest().tag();
        pass(TWO_SECONDS);

        assertThat(figures.latest().tag()).isNotEqualTo(before);
    }
}
