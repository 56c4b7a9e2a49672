package io.promgres.bench.parts;

import io.promgres.model.LabelSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/** The shapes that are measured. */
final class PackingShapes {

    private static final long STALE = 0x7ff0000000000002L;
    private static final Duration QUARTER_MINUTE = Duration.ofSeconds(15);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private PackingShapes() {}

    static List<Shape> all() {
        return List.of(
                hosts("1 s", 1, 500, Duration.ofSeconds(1), Duration.ofHours(2)),
                hosts("5 s", 1, 500, Duration.ofSeconds(5), Duration.ofHours(6)),
                hosts("15 s", 3, 500, QUARTER_MINUTE, Duration.ofHours(6)),
                hosts("60 s", 4, 500, MINUTE, Duration.ofHours(12)),
                hosts("1 h", 4, 500, Duration.ofHours(1), Duration.ofDays(28)),
                churn(),
                sparse("sparse: a tenth of a target's series, in turns", (random, step, n) -> n % 10 == step % 10),
                sparse("sparse: a tenth of a target's series, at random", (random, step, n) -> random.nextInt(10) == 0),
                ownTimestamps(),
                manyTargets(2_000, Duration.ofHours(4)));
    }

    /** 30 days of a small host. */
    static Shape month() {
        return hosts("30 days, 60 s", 1, 200, MINUTE, Duration.ofDays(30));
    }

    /** A day of 1,000 targets. */
    static Shape day() {
        return manyTargets(1_000, Duration.ofDays(1));
    }

    /** Few metrics with many series, so that what each table takes when it is empty does not count. */
    private static Shape hosts(String name, int hosts, int seriesOfAHost, Duration interval, Duration covers) {
        int series = hosts * seriesOfAHost;
        ExporterValues values = new ExporterValues(series);
        return new Shape(
                name,
                "node_measure_0",
                covers,
                interval,
                series(
                        series,
                        n -> labels(
                                "node_measure_" + n % 10,
                                "part",
                                "" + n % seriesOfAHost / 10,
                                "host-" + n / seriesOfAHost)),
                (step, time, into) -> {
                    for (int n = 0; n < series; n++) {
                        into.add(n, time + n / seriesOfAHost * 37L, values.next(n));
                    }
                });
    }

    /** Ten pods of 50 series, each a target that lives for five minutes, is followed by another, and ends with stale markers. */
    private static Shape churn() {
        int pods = 10;
        int seriesOfAPod = 50;
        int life = 20;
        Duration covers = Duration.ofHours(4);
        int generations = (int) covers.dividedBy(QUARTER_MINUTE) / life;
        int series = generations * pods * seriesOfAPod;
        ExporterValues values = new ExporterValues(series);
        return new Shape(
                "churn: pods of 5 minutes",
                "pod_measure_0",
                covers,
                QUARTER_MINUTE,
                series(
                        series,
                        n -> labels(
                                "pod_measure_" + n % 10,
                                "part",
                                "" + n % seriesOfAPod / 10,
                                "pod-" + n / seriesOfAPod)),
                (step, time, into) -> {
                    int first = step / life * pods * seriesOfAPod;
                    for (int n = first; n < first + pods * seriesOfAPod; n++) {
                        long bits = step % life == life - 1 ? STALE : values.next(n);
                        into.add(n, time + n / seriesOfAPod % pods * 37L, bits);
                    }
                });
    }

    private interface Delivers {
        boolean has(Random random, int step, int series);
    }

    /** Four targets of 500 series, of which each delivery has a tenth. */
    private static Shape sparse(String name, Delivers delivery) {
        int series = 2_000;
        Random random = new Random(5);
        ExporterValues values = new ExporterValues(series);
        return new Shape(
                name,
                "event_measure_0",
                Duration.ofHours(6),
                QUARTER_MINUTE,
                series(series, n -> labels("event_measure_" + n % 10, "part", "" + n % 500 / 10, "host-" + n / 500)),
                (step, time, into) -> {
                    for (int n = 0; n < series; n++) {
                        if (delivery.has(random, step, n / 10)) {
                            into.add(n, time + n / 500 * 37L, values.next(n));
                        }
                    }
                });
    }

    /** Two nodes with 10 containers of 50 series; each container has timestamps of its own, about every 15 seconds. */
    private static Shape ownTimestamps() {
        int series = 1_000;
        int seriesOfAContainer = 50;
        Random random = new Random(6);
        ExporterValues values = new ExporterValues(series);
        return new Shape(
                "timestamps of the exporter: 10 containers a node",
                "container_measure_0",
                Duration.ofHours(4),
                QUARTER_MINUTE,
                series(
                        series,
                        n -> labels(
                                "container_measure_" + n % 10,
                                "container",
                                "" + n % 500 / seriesOfAContainer + "-" + n % seriesOfAContainer / 10,
                                "node-" + n / 500)),
                (step, time, into) -> {
                    long jittered = time;
                    for (int n = 0; n < series; n++) {
                        if (n % seriesOfAContainer == 0) {
                            jittered = time - random.nextInt(10_000);
                        }
                        into.add(n, jittered, values.next(n));
                    }
                });
    }

    /** What Prometheus itself says of each of many targets: five series, and nothing else is of that target. */
    private static Shape manyTargets(int targets, Duration covers) {
        String[] metrics = {
            "up",
            "scrape_duration_seconds",
            "scrape_samples_scraped",
            "scrape_samples_post_metric_relabeling",
            "scrape_series_added"
        };
        int series = targets * metrics.length;
        Random random = new Random(7);
        return new Shape(
                "a series of the metric on each of %,d targets, 60 s".formatted(targets),
                "up",
                covers,
                MINUTE,
                series(series, n -> labels(metrics[n % 5], "shard", "" + n % 3, "target-" + n / 5)),
                (step, time, into) -> {
                    for (int n = 0; n < series; n++) {
                        double value = n % 5 == 1 ? random.nextInt(90_000_000) / 1e9 : n % 5 == 4 ? 0 : n;
                        into.add(n, time - n / 5 * 29L % 60_000, Double.doubleToRawLongBits(n % 5 == 0 ? 1 : value));
                    }
                });
    }

    private static List<LabelSet> series(int count, IntFunction<LabelSet> labels) {
        List<LabelSet> series = new ArrayList<>(count);
        for (int n = 0; n < count; n++) {
            series.add(labels.apply(n));
        }
        return series;
    }

    private static LabelSet labels(String metric, String name, String value, String instance) {
        return name.compareTo("instance") < 0
                ? LabelSet.ofSorted("__name__", metric, name, value, "instance", instance, "job", "node")
                : LabelSet.ofSorted("__name__", metric, "instance", instance, "job", "node", name, value);
    }
}
