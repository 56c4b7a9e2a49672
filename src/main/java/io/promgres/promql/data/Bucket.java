package io.promgres.promql.data;

/**
 * A bucket of a native histogram.
 *
 * @param count of observations from {@code lower} to {@code upper}
 */
public record Bucket(double lower, double upper, boolean lowerInclusive, boolean upperInclusive, double count) {

    /** Which part of the bucket lies below a value within it: by the value itself, or by its logarithm. */
    public double fractionBelow(double value, boolean linear) {
        if (linear) {
            return (value - lower) / (upper - lower);
        }
        double logLower = log2(lower);
        double logUpper = log2(upper);
        return value > 0
                ? (log2(value) - logLower) / (logUpper - logLower)
                : 1 - (log2(value) - logUpper) / (logLower - logUpper);
    }

    public Bucket withLower(double value) {
        return new Bucket(value, upper, lowerInclusive, upperInclusive, count);
    }

    public Bucket withUpper(double value) {
        return new Bucket(lower, value, lowerInclusive, upperInclusive, count);
    }

    /** The logarithm of the absolute value to the base 2. */
    public static double log2(double value) {
        return Math.log(Math.abs(value)) / Math.log(2);
    }

    @Override
    public String toString() {
        return (lowerInclusive ? "[" : "(") + GoText.number(lower) + "," + GoText.number(upper)
                + (upperInclusive ? "]" : ")") + ":" + GoText.number(count);
    }
}
