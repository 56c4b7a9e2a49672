package io.promgres.model;

import java.util.Locale;

/**
 * What a metric is about.
 *
 * @param family the metric's name without the suffixes of its series (1.0), or the whole name (2.0); not empty
 * @param unit the unit in words, may be empty
 * @param help a sentence, may be empty
 */
public record MetricMetadata(String family, Type type, String unit, String help) {

    /** The types of metrics, in the order of their numbers on the wire; {@link #toString()} is the name in SQL. */
    public enum Type {
        UNKNOWN,
        COUNTER,
        GAUGE,
        HISTOGRAM,
        GAUGEHISTOGRAM,
        SUMMARY,
        INFO,
        STATESET;

        private static final Type[] ALL = values();

        /** @param number on the wire; one that is not known here is {@link #UNKNOWN} */
        public static Type ofNumber(long number) {
            return number >= 0 && number < ALL.length ? ALL[(int) number] : UNKNOWN;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
