package io.promgres.energy;

import java.util.Locale;

/** A measure of energy.fact_usage; {@link #toString()} is its column. */
enum Measure {
    BUSY_CPU_SECONDS_TOTAL,
    IDLE_CPU_SECONDS_TOTAL,
    BUSY_KWH,
    IDLE_KWH,
    BUSY_GCO2EQ,
    IDLE_GCO2EQ,
    INTENSITY_GCO2EQ_KWH;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
