package io.promgres.energy;

import java.math.BigDecimal;
import java.util.Locale;

/** What a rule's samples count. Amounts are kept in CPU seconds and joules. */
enum Unit {
    CPU_SECONDS(Measure.BUSY_CPU_SECONDS_TOTAL, Measure.IDLE_CPU_SECONDS_TOTAL, 1),
    JOULES(Measure.BUSY_KWH, Measure.IDLE_KWH, 1),
    KILOWATT_HOURS(Measure.BUSY_KWH, Measure.IDLE_KWH, 3_600_000),
    WATTS(Measure.BUSY_KWH, Measure.IDLE_KWH, 1);

    private final Measure busy;
    private final Measure idle;
    private final BigDecimal factor;

    Unit(Measure busy, Measure idle, long factor) {
        this.busy = busy;
        this.idle = idle;
        this.factor = BigDecimal.valueOf(factor);
    }

    Measure measure(boolean isIdle) {
        return isIdle ? idle : busy;
    }

    /** What an amount in this unit is multiplied with. */
    BigDecimal factor() {
        return factor;
    }

    /** Its name in rule files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
