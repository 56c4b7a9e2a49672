package io.promgres.query;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Numbers in the shortest text that gives back the same 64 bits, as Prometheus writes them: {@code strconv.FormatFloat} with the
 * formats f and e.
 */
public final class GoNumber {

    private static final double LEAST_PLAIN = 1e-6;
    private static final double GREATEST_PLAIN = 1e21;

    private GoNumber() {}

    /** As in the JSON of an answer: with an exponent only if it is very small or very large. */
    public static String json(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        double magnitude = Math.abs(value);
        BigDecimal exact = shortest(value);
        return magnitude < LEAST_PLAIN || magnitude >= GREATEST_PLAIN ? exponential(exact) : exact.toPlainString();
    }

    private static BigDecimal shortest(double value) {
        BigDecimal atLeastTwoDigits = new BigDecimal(NumberOutput.toString(value, true));
        BigDecimal one = atLeastTwoDigits.round(new MathContext(1));
        return one.doubleValue() == value ? one : atLeastTwoDigits.stripTrailingZeros();
    }

    private static String exponential(BigDecimal number) {
        int exponent = number.precision() - number.scale() - 1;
        String digits = number.movePointLeft(exponent).stripTrailingZeros().toPlainString();
        return digits + (exponent < 0 ? "e-" : "e+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
