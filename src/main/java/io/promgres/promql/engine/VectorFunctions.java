package io.promgres.promql.engine;

import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** Functions of single floats, by name. */
final class VectorFunctions {

    private static final Map<String, DoubleUnaryOperator> FLOATS = Map.ofEntries(
            Map.entry("abs", Math::abs),
            Map.entry("acos", Math::acos),
            Map.entry("acosh", x -> Math.log(x + Math.sqrt(x * x - 1))),
            Map.entry("asin", Math::asin),
            Map.entry("asinh", VectorFunctions::asinh),
            Map.entry("atan", Math::atan),
            Map.entry("atanh", x -> 0.5 * Math.log1p(2 * x / (1 - x))),
            Map.entry("ceil", Math::ceil),
            Map.entry("cos", Math::cos),
            Map.entry("cosh", Math::cosh),
            Map.entry("deg", x -> x * 180 / Math.PI),
            Map.entry("exp", Math::exp),
            Map.entry("floor", Math::floor),
            Map.entry("ln", Math::log),
            Map.entry("log10", Math::log10),
            Map.entry("log2", VectorFunctions::log2),
            Map.entry("rad", x -> x * Math.PI / 180),
            Map.entry("sgn", x -> x < 0 ? -1 : x > 0 ? 1 : x),
            Map.entry("sin", Math::sin),
            Map.entry("sinh", Math::sinh),
            Map.entry("sqrt", Math::sqrt),
            Map.entry("tan", Math::tan),
            Map.entry("tanh", Math::tanh));

    private VectorFunctions() {}

    /** Null if there is no such function. */
    static DoubleUnaryOperator ofFloat(String name) {
        return FLOATS.get(name);
    }

    private static double asinh(double x) {
        double magnitude = Math.abs(x);
        double value = Double.isInfinite(x) ? magnitude : Math.log(magnitude + Math.sqrt(magnitude * magnitude + 1));
        return Math.copySign(value, x);
    }

    private static double log2(double x) {
        if (x > 0 && !Double.isInfinite(x)) {
            int exponent = Math.getExponent(x);
            if (exponent >= Double.MIN_EXPONENT && x == Math.scalb(1.0, exponent)) {
                return exponent;
            }
        }
        return Math.log(x) / Math.log(2);
    }
}
