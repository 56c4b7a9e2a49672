package io.promgres.energy;

import java.util.Locale;

/** How the samples of a rule become amounts; {@link #toString()} is its name in rule files and in the database. */
public enum Kind {
    /** Each sample is an amount at its own time. */
    MEASURE,
    /** What a counter grows by counts, in the bucket of the later of two samples. */
    COUNTER,
    /** A power holds until the next sample, but not for ever. */
    GAUGE,
    /** A sample is the amount of the time before it, as long as a bucket; the last one in a bucket counts. */
    WINDOW,
    /** Samples are grams of CO2 equivalent per kWh. */
    INTENSITY,
    /** Samples of 1 tell that a session runs. */
    WORKSPACE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
