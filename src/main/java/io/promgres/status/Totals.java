package io.promgres.status;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.search.Search;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What this daemon's counters of remote write read at one time.
 *
 * @param samples accepted for storage
 * @param rejected samples that could not be stored
 * @param duplicates samples that were stored already
 * @param series stored for the first time
 * @param requests answered, whatever the answer
 * @param failures among them: answered 400 or above
 * @param latency how many requests took at most so many seconds, the last bound being infinity
 */
record Totals(
        double samples,
        double rejected,
        double duplicates,
        double series,
        double requests,
        double failures,
        NavigableMap<Double, Double> latency) {

    private static final List<String> WRITE_PATHS = List.of("/api/v1/write", "/write");

    private static final Predicate<String> FAILED = code -> code.compareTo("400") >= 0;

    static Totals read(MeterRegistry registry) {
        return new Totals(
                sum(registry.find("promgres_ingest_samples_total").counters()),
                sum(registry.find("promgres_ingest_rejected_samples_total").counters()),
                sum(registry.find("promgres_ingest_duplicate_samples_total").counters()),
                sum(registry.find("promgres_series_added_total").counters()),
                sum(requests(registry).counters()),
                sum(requests(registry).tag("code", FAILED).counters()),
                latency(registry));
    }

    private static Search requests(MeterRegistry registry) {
        return registry.find("promgres_http_requests_total").tag("path", WRITE_PATHS::contains);
    }

    private static double sum(Collection<Counter> counters) {
        return counters.stream().mapToDouble(Counter::count).sum();
    }

    private static NavigableMap<Double, Double> latency(MeterRegistry registry) {
        NavigableMap<Double, Double> counts = new TreeMap<>();
        for (Timer timer : registry.find("promgres_http_request_duration")
                .tag("path", WRITE_PATHS::contains)
                .timers()) {
            for (CountAtBucket bucket : timer.takeSnapshot().histogramCounts()) {
                counts.merge(bucket.bucket(TimeUnit.SECONDS), bucket.count(), Double::sum);
            }
            counts.merge(Double.POSITIVE_INFINITY, (double) timer.count(), Double::sum);
        }
        return counts;
    }
}
