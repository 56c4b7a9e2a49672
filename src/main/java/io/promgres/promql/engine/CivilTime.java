package io.promgres.promql.engine;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToIntFunction;

/**
 * The parts of dates of UTC, of any float. Years may have twelve digits; what is no number of 64 bits, and so NaN, has the
 * date that Prometheus gives on x86: the one furthest from now.
 */
final class CivilTime {

    /** The calendar repeats itself after 400 years. */
    private static final long SECONDS_OF_400_YEARS = 146_097L * 86_400;

    /** Earlier ones are those of the other end of time. */
    private static final long FIRST_SECOND = -9_223_371_966_579_724_800L;

    private static final double TWO_TO_63 = 0x1p63;

    private static final Map<String, ToIntFunction<ZonedDateTime>> PARTS = Map.of(
            "days_in_month", time -> YearMonth.from(time).lengthOfMonth(),
            "day_of_month", ZonedDateTime::getDayOfMonth,
            "day_of_week", time -> time.getDayOfWeek().getValue() % 7,
            "day_of_year", ZonedDateTime::getDayOfYear,
            "hour", ZonedDateTime::getHour,
            "minute", ZonedDateTime::getMinute,
            "month", ZonedDateTime::getMonthValue);

    private CivilTime() {}

    /** A function of seconds since the epoch; null if there is none of this name. */
    static DoubleUnaryOperator part(String name) {
        if (name.equals("year")) {
            return seconds -> year(whole(seconds));
        }
        ToIntFunction<ZonedDateTime> part = PARTS.get(name);
        return part == null ? null : seconds -> part.applyAsInt(inOneCycle(whole(seconds)));
    }

    private static long whole(double seconds) {
        return seconds >= -TWO_TO_63 && seconds < TWO_TO_63 ? (long) seconds : Long.MIN_VALUE;
    }

    private static double year(long seconds) {
        return inOneCycle(seconds).getYear() + 400.0 * cycles(seconds);
    }

    private static long cycles(long seconds) {
        return seconds < FIRST_SECOND
                ? Long.divideUnsigned(seconds, SECONDS_OF_400_YEARS)
                : Math.floorDiv(seconds, SECONDS_OF_400_YEARS);
    }

    private static ZonedDateTime inOneCycle(long seconds) {
        return Instant.ofEpochSecond(seconds - cycles(seconds) * SECONDS_OF_400_YEARS)
                .atZone(ZoneOffset.UTC);
    }
}
