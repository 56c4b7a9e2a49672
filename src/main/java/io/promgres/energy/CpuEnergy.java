package io.promgres.energy;

import java.util.Locale;

/** Whether energy is computed from the CPU seconds of a rule; {@link #toString()} is its name in rule files. */
enum CpuEnergy {
    /** Seconds times watts. */
    POWER,
    /** As {@link #POWER}, but nothing where a meter reports. */
    ESTIMATE,
    NONE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
