package io.promgres.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What of a request cannot be stored: by reason, by kind, and the first offender in words. */
public final class Rejections {

    /** Why something cannot be stored; {@link #toString()} is its name in metrics and messages. */
    public enum Reason {
        NO_METRIC_NAME("has no metric name (__name__), or an empty one"),
        EMPTY_LABEL_NAME("has a label without a name"),
        DUPLICATE_LABEL("has a label name twice"),
        INVALID_UTF8("has a label that is not UTF-8"),
        NUL_CHARACTER("has a label with the character U+0000, which PostgreSQL cannot store"),
        LABEL_TOO_LONG(
                "has a label whose name or value is longer than ingest.max-label-name-bytes or ingest.max-label-value-bytes"),
        TOO_MANY_LABELS("has more labels than ingest.max-labels"),
        TOO_FAR_AHEAD(
                "has a sample that is further ahead than ingest.max-ahead of both clocks, the daemon's and the database's"),
        OUT_OF_RANGE("has a sample whose time is not within the years 1 to 9999"),
        TOO_MANY_LABEL_NAMES("is of a metric that has the maximum number of label names, 500, and brings another one"),
        TOO_MANY_SERIES("is new, and the database has ingest.max-series series"),
        TOO_MANY_NEW_SERIES("is new, and the daemon added ingest.max-new-series-per-minute series within the minute"),
        REFUSED_BY_DATABASE("was refused by PostgreSQL; the answer has its message"),
        BAD_REFERENCE("refers to a symbol that the request does not have, or has half a label (2.0)"),
        NO_DATA("has neither samples, histograms, exemplars nor metadata (2.0)"),
        INVALID_METADATA("has metadata without a name, that is not UTF-8, contains U+0000, or is longer than 64 KiB"),
        HISTOGRAM_SCHEMA_UNKNOWN(
                "has a histogram with a schema that is neither -4 to 52 (exponential buckets) nor -53 (custom bounds)"),
        HISTOGRAM_SPANS_MISMATCH("has a histogram whose spans have another number of buckets than it has counts"),
        HISTOGRAM_SPAN_NEGATIVE_OFFSET("has a histogram with a span whose offset is negative"),
        HISTOGRAM_BUCKET_NEGATIVE("has a histogram with a bucket whose count is negative"),
        HISTOGRAM_COUNT_NEGATIVE("has a histogram whose count is negative"),
        HISTOGRAM_COUNT_MISMATCH("has a histogram whose count is not the sum of its buckets"),
        HISTOGRAM_COUNT_TOO_SMALL("has a histogram whose count is less than the sum of its buckets"),
        HISTOGRAM_BOUNDS_NAN("has a histogram with a custom bound that is NaN"),
        HISTOGRAM_BOUNDS_UNORDERED("has a histogram whose custom bounds do not rise from one to the next"),
        HISTOGRAM_BOUNDS_INFINITE("has a histogram with a custom bound that is infinite"),
        HISTOGRAM_BOUNDS_TOO_FEW("has a histogram with more buckets than its custom bounds make"),
        HISTOGRAM_BOUNDS_UNEXPECTED("has a histogram with custom bounds although its schema is exponential"),
        HISTOGRAM_CUSTOM_ZERO_COUNT("has a histogram with custom bounds and a zero bucket"),
        HISTOGRAM_CUSTOM_ZERO_THRESHOLD("has a histogram with custom bounds and a zero threshold"),
        HISTOGRAM_CUSTOM_NEGATIVE_SPANS("has a histogram with custom bounds and negative spans"),
        HISTOGRAM_CUSTOM_NEGATIVE_BUCKETS("has a histogram with custom bounds and negative buckets"),
        HISTOGRAM_TOO_LARGE("has a histogram of more than 65,536 buckets, spans and bounds together"),
        INVALID_EXEMPLAR("has an exemplar whose labels are not valid, or longer than 128 characters together"),
        FORGED_TENANT("has the label __tenant__, which only the receiver sets"),
        UNKNOWN_TENANT("belongs to none of the tenants that are allowed, or to no tenant where one is required");

        private final String problem;

        Reason(String problem) {
            this.problem = problem;
        }

        /** What is wrong, to go behind the words for a series: "has no metric name". */
        public String problem() {
            return problem;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Map<Reason, Integer> byReason = new EnumMap<>(Reason.class);
    private Counts counts = Counts.NONE;
    private String first = "";

    /**
     * @param samples that are not stored for this reason
     * @param offender what was wrong with which series, a sentence; looked at for the first one only
     */
    public void add(Reason reason, int samples, String offender) {
        add(reason, new Counts(samples, 0, 0), offender);
    }

    /**
     * @param what is not stored for this reason; nothing at all is counted as one series or one piece of metadata
     * @param offender what was wrong with which series, a sentence; looked at for the first one only
     */
    public void add(Reason reason, Counts what, String offender) {
        if (byReason.isEmpty()) {
            first = offender;
        }
        byReason.merge(reason, Math.max(1, what.total()), Integer::sum);
        counts = counts.plus(what);
    }

    public boolean isEmpty() {
        return byReason.isEmpty();
    }

    /** How much was rejected, by reason: samples, histograms, exemplars, series without any, pieces of metadata. */
    public Map<Reason, Integer> byReason() {
        return Collections.unmodifiableMap(byReason);
    }

    /** How much was rejected, by kind. */
    public Counts counts() {
        return counts;
    }

    /** The sum of {@link #byReason}. */
    public int total() {
        return byReason.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** What was wrong with the first offender. */
    public String firstOffender() {
        return first;
    }
}
