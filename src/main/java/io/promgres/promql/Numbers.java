package io.promgres.promql;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.math.BigDecimal;
import java.util.OptionalDouble;

/** Numbers as Go writes and reads them. */
final class Numbers {

    private static final int GREATEST_PLAIN = 21;
    private static final int LEAST_PLAIN = -4;

    private Numbers() {}

    /** The shortest text, without an exponent: the format f. */
    static String plain(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        return new BigDecimal(NumberOutput.toString(value, true))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** The shortest text, with an exponent where it is large or small: the format g. */
    static String general(double value) {
        if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
            return plain(value);
        }
        BigDecimal exact = new BigDecimal(NumberOutput.toString(value, true)).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (exponent >= LEAST_PLAIN && exponent < GREATEST_PLAIN) {
            return exact.toPlainString();
        }
        String digits = exact.movePointLeft(exponent).stripTrailingZeros().toPlainString();
        return digits + (exponent < 0 ? "e-" : "e+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    static OptionalDouble parse(String text) {
        return switch (text.toLowerCase(java.util.Locale.ROOT)) {
            case "+inf", "inf", "+infinity", "infinity" -> OptionalDouble.of(Double.POSITIVE_INFINITY);
            case "-inf", "-infinity" -> OptionalDouble.of(Double.NEGATIVE_INFINITY);
            case "nan" -> OptionalDouble.of(Double.NaN);
            default ->
                text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")
                        ? OptionalDouble.of(Double.parseDouble(text))
                        : OptionalDouble.empty();
        };
    }
}
