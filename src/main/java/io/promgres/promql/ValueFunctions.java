package io.promgres.promql;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToIntFunction;

/** Functions of one value. */
final class ValueFunctions {

    /** Beyond these seconds there are no dates; Java's calendar ends, and a date tells nobody anything. */
    private static final double LATEST = 31_556_889_864_403_199.0;

    private static final Map<String, DoubleUnaryOperator> ALL = Map.ofEntries(
            Map.entry("abs", Math::abs),
            Map.entry("acos", Math::acos),
            Map.entry("acosh", v -> Math.log(v + Math.sqrt(v * v - 1))),
            Map.entry("asin", Math::asin),
            Map.entry("asinh", ValueFunctions::asinh),
            Map.entry("atan", Math::atan),
            Map.entry("atanh", v -> 0.5 * (Math.log1p(v) - Math.log1p(-v))),
            Map.entry("ceil", Math::ceil),
            Map.entry("cos", Math::cos),
            Map.entry("cosh", Math::cosh),
            Map.entry("deg", v -> v * 180 / Math.PI),
            Map.entry("exp", Math::exp),
            Map.entry("floor", Math::floor),
            Map.entry("ln", Math::log),
            Map.entry("log10", Math::log10),
            Map.entry("log2", ValueFunctions::log2),
            Map.entry("rad", v -> v * Math.PI / 180),
            Map.entry("sgn", v -> v < 0 ? -1 : v > 0 ? 1 : v),
            Map.entry("sin", Math::sin),
            Map.entry("sinh", Math::sinh),
            Map.entry("sqrt", Math::sqrt),
            Map.entry("tan", Math::tan),
            Map.entry("tanh", Math::tanh),
            Map.entry("day_of_month", date(ZonedDateTime::getDayOfMonth)),
            Map.entry("day_of_week", date(d -> d.getDayOfWeek().getValue() % 7)),
            Map.entry("day_of_year", date(ZonedDateTime::getDayOfYear)),
            Map.entry("days_in_month", date(d -> d.toLocalDate().lengthOfMonth())),
            Map.entry("hour", date(ZonedDateTime::getHour)),
            Map.entry("minute", date(ZonedDateTime::getMinute)),
            Map.entry("month", date(ZonedDateTime::getMonthValue)),
            Map.entry("year", date(ZonedDateTime::getYear)));

    private ValueFunctions() {}

    /** Null if the function is none of these. */
    static DoubleUnaryOperator named(String name) {
        return ALL.get(name);
    }

    private static double asinh(double v) {
        double magnitude = Math.abs(v);
        return Math.copySign(Math.log(magnitude + Math.sqrt(magnitude * magnitude + 1)), v);
    }

    private static double log2(double v) {
        if (v > 0 && !Double.isInfinite(v)) {
            int exponent = Math.getExponent(v);
            double fraction = v / Math.pow(2, exponent);
            return fraction == 1 ? exponent : exponent + Math.log(fraction) / Math.log(2);
        }
        return Math.log(v) / Math.log(2);
    }

    private static DoubleUnaryOperator date(ToIntFunction<ZonedDateTime> field) {
        return v -> Double.isNaN(v) || Math.abs(v) > LATEST
                ? Double.NaN
                : field.applyAsInt(Instant.ofEpochSecond((long) v).atZone(ZoneOffset.UTC));
    }

    static double round(double v, double nearest) {
        double inverse = 1 / nearest;
        return Math.floor(v * inverse + 0.5) / inverse;
    }
}
