package io.promgres.transfer;

import java.math.BigDecimal;

/** Numbers as OpenMetrics text has them. */
final class OpenMetricsNumbers {

    /** Whole numbers up to here are written without an exponent. */
    private static final double LARGEST_PLAIN = 1e15;

    private static final int SECOND = 1000;

    /** Exponents of bounds outside of these are written. */
    private static final int LEAST_PLAIN_EXPONENT = -4;

    private static final int GREATEST_PLAIN_EXPONENT = 20;

    private OpenMetricsNumbers() {}

    static void addValue(double value, StringBuilder to) {
        if (Double.isInfinite(value)) {
            to.append(value > 0 ? "+Inf" : "-Inf");
        } else if (value == Math.rint(value)
                && Math.abs(value) < LARGEST_PLAIN
                && 1 / value != Double.NEGATIVE_INFINITY) {
            to.append((long) value);
        } else {
            to.append(value);
        }
    }

    /** @param time milliseconds since the epoch */
    static void addSeconds(long time, StringBuilder to) {
        long magnitude = Math.abs(time);
        to.append(time < 0 ? "-" : "").append(magnitude / SECOND);
        if (magnitude % SECOND != 0) {
            to.append('.').append(Long.toString(SECOND + magnitude % SECOND), 1, 4);
        }
    }

    /**
     * A bound as the value of the label le: the canonical form, such as 0.25, 2.0 and 1e+30, so that it is the same text
     * wherever the bound comes from.
     *
     * @param bound finite
     */
    static String bound(double bound) {
        BigDecimal exact = new BigDecimal(Double.toString(bound)).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (exact.signum() == 0 || exponent >= LEAST_PLAIN_EXPONENT && exponent <= GREATEST_PLAIN_EXPONENT) {
            String plain = exact.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String digits = exact.movePointLeft(exponent).stripTrailingZeros().toPlainString();
        return digits + (exponent < 0 ? "e-" : "e+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
