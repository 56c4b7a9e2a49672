package io.promgres.remotewrite;

import java.time.Duration;

/**
 * What a write request may hold.
 *
 * @param maxDecodedBytes of a body, decompressed
 * @param maxSamples of one request; bounds the memory that a body of very short samples can take
 * @param maxLabels of one series, as sent: labels with an empty value count too
 * @param maxNameBytes of a label's name, in UTF-8
 * @param maxValueBytes of a label's value, in UTF-8; the metric's name is a value
 * @param maxAhead how far after the daemon's clock a sample's time may lie
 */
public record Limits(
        int maxDecodedBytes, int maxSamples, int maxLabels, int maxNameBytes, int maxValueBytes, Duration maxAhead) {

    /**
     * 32 MiB as in Prometheus; name and value together fit into one entry of a PostgreSQL B-tree (2,704 bytes with 8 kB
     * pages); 10 minutes ahead as in Prometheus.
     */
    public static final Limits DEFAULT = new Limits(32 << 20, 1 << 21, 128, 512, 2048, Duration.ofMinutes(10));

    /** @throws IllegalArgumentException if a limit is not positive, or {@code maxAhead} is negative */
    public Limits {
        if (maxDecodedBytes < 1 || maxSamples < 1 || maxLabels < 1 || maxNameBytes < 1 || maxValueBytes < 1) {
            throw new IllegalArgumentException("a limit of a write request is at least 1");
        }
        if (maxAhead.isNegative()) {
            throw new IllegalArgumentException("maxAhead is not negative");
        }
    }
}
