package io.promgres.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What of a request cannot be stored: samples by reason, and the first offender in words. */
public final class Rejections {

    /** Why a sample cannot be stored; {@link #toString()} is its name in metrics and messages. */
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
        REFUSED_BY_DATABASE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Map<Reason, Integer> samples = new EnumMap<>(Reason.class);
    private String first = "";

    /**
     * @param count of samples that are not stored for this reason
     * @param offender what was wrong with which series, a sentence; looked at for the first one only
     */
    public void add(Reason reason, int count, String offender) {
        if (samples.isEmpty()) {
            first = offender;
        }
        samples.merge(reason, count, Integer::sum);
    }

    public boolean isEmpty() {
        return samples.isEmpty();
    }

    /** The number of samples rejected, by reason. */
    public Map<Reason, Integer> byReason() {
        return Collections.unmodifiableMap(samples);
    }

    public int total() {
        return samples.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** What was wrong with the first offender. */
    public String firstOffender() {
        return first;
    }
}
