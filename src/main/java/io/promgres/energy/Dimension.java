package io.promgres.energy;

import java.util.Locale;

/** What a rule takes from labels; {@link #toString()} is the label where no rule says otherwise. */
enum Dimension {
    USER_ID,
    DISPLAY_NAME,
    GROUP_NAME,
    MACHINE_NAME,
    CLOUD_PROJECT_NAME,
    INSTANCE,
    WORKSPACE_ID,
    STARTED_AT;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
