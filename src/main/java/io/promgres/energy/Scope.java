package io.promgres.energy;

import java.util.Locale;

/** What a row of energy.fact_usage is about; {@link #toString()} is its name there. */
enum Scope {
    ADA,
    PROJECT,
    MACHINE,
    USER;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
