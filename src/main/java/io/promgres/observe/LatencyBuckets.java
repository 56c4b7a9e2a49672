package io.promgres.observe;

import java.time.Duration;

/** The buckets of every latency: from a fast answer of one flush to the 30 s after which Prometheus gives up. */
final class LatencyBuckets {

    static final Duration[] ALL = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    private LatencyBuckets() {}
}
