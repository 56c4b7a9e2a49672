package io.promgres.promql.engine;

/** The greater and the lesser of two floats as PromQL has them: beside a NaN, the infinity that nothing is beyond of. */
final class Extremes {

    private Extremes() {}

    /** Positive infinity if one of them is it; else NaN if one is NaN. */
    static double greater(double a, double b) {
        return a == Double.POSITIVE_INFINITY || b == Double.POSITIVE_INFINITY
                ? Double.POSITIVE_INFINITY
                : Math.max(a, b);
    }

    /** Negative infinity if one of them is it; else NaN if one is NaN. */
    static double lesser(double a, double b) {
        return a == Double.NEGATIVE_INFINITY || b == Double.NEGATIVE_INFINITY
                ? Double.NEGATIVE_INFINITY
                : Math.min(a, b);
    }
}
