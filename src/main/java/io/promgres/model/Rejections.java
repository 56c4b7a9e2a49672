package io.promgres.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What of a request cannot be stored: by reason, by kind, and the first offender in words. */
public final class Rejections {

    /** Why something cannot be stored; {@link #toString()} is its name in metrics and messages. */
    public enum Reason {
        NO_METRIC_NAME,
        EMPTY_LABEL_NAME,
        DUPLICATE_LABEL,
        INVALID_UTF8,
        NUL_CHARACTER,
        LABEL_TOO_LONG,
        TOO_MANY_LABELS,
        TOO_FAR_AHEAD,
        OUT_OF_RANGE,
        TOO_MANY_LABEL_NAMES,
        REFUSED_BY_DATABASE,
        /** An odd number of references, or one beyond the last symbol. */
        BAD_REFERENCE,
        /** A series of which nothing but its labels was sent. */
        NO_DATA,
        INVALID_METADATA,
        HISTOGRAM_SCHEMA_UNKNOWN,
        /** The spans have another number of buckets than there are counts. */
        HISTOGRAM_SPANS_MISMATCH,
        HISTOGRAM_SPAN_NEGATIVE_OFFSET,
        HISTOGRAM_BUCKET_NEGATIVE,
        HISTOGRAM_COUNT_NEGATIVE,
        /** The count is not the sum of the buckets. */
        HISTOGRAM_COUNT_MISMATCH,
        /** The count is less than the sum of the buckets; it may be more where NaN was observed. */
        HISTOGRAM_COUNT_TOO_SMALL,
        HISTOGRAM_BOUNDS_NAN,
        HISTOGRAM_BOUNDS_UNORDERED,
        HISTOGRAM_BOUNDS_INFINITE,
        /** There are more buckets than the custom bounds make. */
        HISTOGRAM_BOUNDS_TOO_FEW,
        /** An exponential schema has no custom bounds. */
        HISTOGRAM_BOUNDS_UNEXPECTED,
        HISTOGRAM_CUSTOM_ZERO_COUNT,
        HISTOGRAM_CUSTOM_ZERO_THRESHOLD,
        HISTOGRAM_CUSTOM_NEGATIVE_SPANS,
        HISTOGRAM_CUSTOM_NEGATIVE_BUCKETS,
        HISTOGRAM_TOO_LARGE,
        /** Its labels are not valid, or too long together. */
        INVALID_EXEMPLAR;

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
