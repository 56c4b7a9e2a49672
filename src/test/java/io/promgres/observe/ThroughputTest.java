package io.promgres.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class ThroughputTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(Throughput.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Metrics metrics = new Metrics("test");
    private final PrometheusMeterRegistry registry = metrics.registry();
    private final Counter samples =
            registry.find("promgres_flush_samples_total").counter();
    private final RouteMetrics write = metrics.http().route("/api/v1/write", "POST");
    private long now;
    private final Throughput throughput = new Throughput(registry, samples, () -> 7, () -> now);

    @BeforeEach
    void listen() {
        logger.addAppender(lines);
        lines.start();
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        metrics.close();
    }

    private void answer(int requests, long millis) {
        for (int i = 0; i < requests; i++) {
            write.answered(204, TimeUnit.MILLISECONDS.toNanos(millis));
        }
    }

    private String lineAfter(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
        throughput.log();
        return lines.list.get(lines.list.size() - 1).getFormattedMessage();
    }

    @Test
    void aLineIsAboutTheTimeSinceTheOneBefore() {
        metrics.flushed(10, 6_000, 1);
        answer(30, 4);
        assertThat(lineAfter(60)).isEqualTo("100.0 samples/s, 0.5 requests/s, p99 5.0 ms, 7 pending");

        metrics.flushed(10, 500, 1);
        assertThat(lineAfter(10)).isEqualTo("50.0 samples/s, 0.0 requests/s, p99 0.0 ms, 7 pending");
    }

    @Test
    void requestsOfOtherPathsDoNotCount() {
        metrics.http().route("/metrics", "GET").answered(200, 1);
        assertThat(lineAfter(1)).startsWith("0.0 samples/s, 0.0 requests/s");
    }

    @Test
    void theNumbersAreKeysOfAStructuredLine() {
        lineAfter(1);
        assertThat(lines.list.get(0).getKeyValuePairs())
                .extracting((KeyValuePair pair) -> pair.key)
                .isEqualTo(List.of("samples_per_second", "requests_per_second", "p99_ms", "pending"));
    }

    @Test
    void aQuantileLiesWithinItsBucket() {
        WriteLatencies before = WriteLatencies.read(registry);
        answer(98, 4);
        answer(2, 400);
        WriteLatencies after = WriteLatencies.read(registry);
        assertThat(after.quantileSince(before, 0.5)).isBetween(0.001, 0.005);
        // The first of the two in the bucket from 0.25 to 0.5.
        assertThat(after.quantileSince(before, 0.99)).isCloseTo(0.375, within(1e-9));
    }

    @Test
    void whatIsAboveTheLastBoundCountsAsTheBound() {
        WriteLatencies before = WriteLatencies.read(registry);
        answer(1, 90_000);
        assertThat(WriteLatencies.read(registry).quantileSince(before, 0.99)).isEqualTo(30);
    }
}
