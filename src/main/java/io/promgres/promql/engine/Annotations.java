package io.promgres.promql.engine;

import io.promgres.promql.data.GoText;
import io.promgres.promql.syntax.Position;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a query's answer says beside its values: warnings and infos, each once, in the words of Prometheus. */
final class Annotations {

    private static final String WARNING = "PromQL warning: ";
    private static final String INFO = "PromQL info: ";
    private static final String MONOTONICITY =
            "input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";

    private interface Annotation {

        String text(String query);
    }

    private final Map<String, Annotation> all = new LinkedHashMap<>();

    void warn(String message, Position position) {
        add(WARNING + message, position);
    }

    void info(String message, Position position) {
        add(INFO + message, position);
    }

    private void add(String message, Position position) {
        all.put(message, query -> message + " (" + position.in(query) + ")");
    }

    /** Warnings in the order in which they first came. */
    List<String> warnings(String query) {
        return texts(WARNING, query);
    }

    List<String> infos(String query) {
        return texts(INFO, query);
    }

    private List<String> texts(String kind, String query) {
        List<String> texts = new ArrayList<>();
        all.forEach((key, annotation) -> {
            if (key.startsWith(kind)) {
                texts.add(annotation.text(query));
            }
        });
        return texts;
    }

    void mixedFloatsAndHistograms(String metric, Position position) {
        warn("encountered a mix of histograms and floats for metric name " + GoText.quote(metric), position);
    }

    void mixedInAggregation(Position position) {
        warn("encountered a mix of histograms and floats for aggregation", position);
    }

    void mixedSchemas(String metric, Position position) {
        warn(
                "vector contains a mix of histograms with exponential and custom buckets schemas for metric name "
                        + GoText.quote(metric),
                position);
    }

    void mixedClassicAndNative(String metric, Position position) {
        warn("vector contains a mix of classic and native histograms" + named(metric), position);
    }

    void badBucket(String metric, String bucket, Position position) {
        warn(
                "bucket label \"le\" is missing or has a malformed value of " + GoText.quote(bucket) + named(metric),
                position);
    }

    void notCounter(String metric, Position position) {
        warn("this native histogram metric is not a counter: " + GoText.quote(metric), position);
    }

    void notGauge(String metric, Position position) {
        warn("this native histogram metric is not a gauge: " + GoText.quote(metric), position);
    }

    void invalidQuantile(double quantile, Position position) {
        warn("quantile value should be between 0 and 1, got " + GoText.number(quantile), position);
    }

    void invalidRatio(double ratio, double bound, Position position) {
        warn(
                "ratio value should be between -1 and 1, got " + GoText.number(ratio) + ", capping to "
                        + GoText.number(bound),
                position);
    }

    /** @param operation addition, subtraction or aggregation */
    void collision(String operation, Position position) {
        warn("conflicting counter resets during histogram " + operation, position);
    }

    /** @param operation addition, subtraction or aggregation */
    void reconciled(String operation, Position position) {
        info("mismatched custom buckets were reconciled during " + operation, position);
    }

    void incompatibleTypes(String left, String operator, String right, Position position) {
        info(
                "incompatible sample types encountered for binary operator " + GoText.quote(operator) + ": " + left
                        + " " + operator + " " + right,
                position);
    }

    void incompatibleBuckets(String operator, Position position) {
        warn("incompatible bucket layout encountered for binary operator " + operator, position);
    }

    void ignoredInAggregation(String aggregation, Position position) {
        info("ignored histogram in " + aggregation + " aggregation", position);
    }

    void ignoredInRange(String metric, Position position) {
        info(
                "ignored histograms in a range containing both floats and histograms for metric name "
                        + GoText.quote(metric),
                position);
    }

    void sortInRangeQuery(Position position) {
        warn("sort is ineffective for range queries since results are always ordered by labels", position);
    }

    void possibleNonCounter(String metric, Position position) {
        info(
                "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                        + GoText.quote(metric),
                position);
    }

    void possibleNonCounterType(String metric, String type, Position position) {
        info(
                "metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got "
                        + GoText.quote(type) + ": " + GoText.quote(metric),
                position);
    }

    void quantileOfNaN(boolean skewed, String metric, Position position) {
        info(
                "input to histogram_quantile has NaN observations, result is " + (skewed ? "skewed higher" : "NaN")
                        + named(metric),
                position);
    }

    void fractionOfNaN(String metric, Position position) {
        info(
                "input to histogram_fraction has NaN observations, which are excluded from all fractions"
                        + named(metric),
                position);
    }

    private static String named(String metric) {
        return metric.isEmpty() ? "" : " for metric name " + GoText.quote(metric);
    }

    /** A sample says that it began before the sample before it. */
    void overlappingStarts(String metric, Position position) {
        String message = WARNING + "sample has start time that overlaps with previous sample timestamp for metric "
                + GoText.quote(metric);
        int before = all.get(message) instanceof Overlap overlap ? overlap.count : 0;
        all.put(message, new Overlap(message, position, before + 1));
    }

    private record Overlap(String message, Position position, int count) implements Annotation {

        @Override
        public String text(String query) {
            return message + (count > 1 ? " (" + count + " occurrences)" : "") + " (" + position.in(query) + ")";
        }
    }

    /**
     * Buckets of a classic histogram had to be raised, so that none has less than a lower one.
     *
     * @param time of the step
     * @param least the lowest bound of such a bucket
     * @param most the highest one
     * @param difference by which one was raised at most
     */
    void forcedMonotonicity(String metric, Position position, long time, double least, double most, double difference) {
        String message = INFO + MONOTONICITY + named(metric);
        Forced forced = new Forced(message, position, time, time, least, most, difference, 1);
        all.put(message, all.get(message) instanceof Forced before ? before.with(forced) : forced);
    }

    private record Forced(
            String message,
            Position position,
            long first,
            long last,
            double least,
            double most,
            double difference,
            int count)
            implements Annotation {

        Forced with(Forced other) {
            return new Forced(
                    message,
                    position,
                    Math.min(first, other.first),
                    Math.max(last, other.last),
                    Math.min(least, other.least),
                    Math.max(most, other.most),
                    Math.max(difference, other.difference),
                    count + other.count);
        }

        @Override
        public String text(String query) {
            return message + ", from buckets " + GoText.number(least) + " to " + GoText.number(most)
                    + ", with a max diff of " + twoDigits(difference) + ", over " + count + " samples from "
                    + seconds(first) + " to " + seconds(last) + " (" + position.in(query) + ")";
        }

        private static String seconds(long millis) {
            return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
        }

        private static String twoDigits(double value) {
            return GoText.number(new BigDecimal(value).round(new MathContext(2)).doubleValue(), 2);
        }
    }
}
