package io.promgres.energy;

import java.util.Locale;

/** Why a rule cannot use a sample, which is stored all the same; {@link #toString()} is its name in metrics. */
public enum SkipReason {
    NEGATIVE,
    NOT_A_NUMBER,
    INFINITE,
    UNKNOWN_SCOPE,
    NO_KEY_FOR_SCOPE,
    MISSING_LABEL,
    UNPARSABLE_STARTED_AT;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
