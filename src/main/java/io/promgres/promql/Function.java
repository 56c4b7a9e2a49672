package io.promgres.promql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The signature of a function.
 *
 * @param required how many arguments there have to be
 * @param variadic whether the last type may be repeated without end
 */
public record Function(
        String name, ValueType returns, List<ValueType> args, int required, boolean variadic, boolean experimental) {

    private static final Map<String, Function> ALL = new HashMap<>();

    static {
        for (String name :
                ("abs acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count"
                                + " histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc"
                                + " sqrt tan tanh timestamp absent")
                        .split(" ")) {
            add(name, "v", "v");
        }
        for (String name : ("absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate"
                        + " last_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time"
                        + " stdvar_over_time sum_over_time")
                .split(" ")) {
            add(name, "v", "m");
        }
        for (String name : "day_of_month day_of_week day_of_year days_in_month hour minute month year".split(" ")) {
            add(name, "v", "v?");
        }
        for (String name : ("first_over_time mad_over_time ts_of_first_over_time ts_of_last_over_time"
                        + " ts_of_max_over_time ts_of_min_over_time")
                .split(" ")) {
            add("!" + name, "v", "m");
        }
        add("clamp", "v", "vss");
        add("clamp_max", "v", "vs");
        add("clamp_min", "v", "vs");
        add("!double_exponential_smoothing", "v", "mss");
        add("histogram_fraction", "v", "ssv");
        add("histogram_quantile", "v", "sv");
        add("label_join", "v", "vttt*");
        add("label_replace", "v", "vtttt");
        add("pi", "s", "");
        add("predict_linear", "v", "ms");
        add("quantile_over_time", "v", "sm");
        add("round", "v", "vs?");
        add("scalar", "s", "v");
        add("!sort_by_label", "v", "vt*");
        add("!sort_by_label_desc", "v", "vt*");
        for (String name : "end range start step".split(" ")) {
            add("!" + name, "s", "");
        }
        add("!max_of", "s", "ss");
        add("!min_of", "s", "ss");
        add("!histogram_quantiles", "v", "vts*");
        add("time", "s", "");
        add("vector", "v", "s");
    }

    private static void add(String name, String returns, String args) {
        List<ValueType> types = new ArrayList<>();
        int required = 0;
        for (char c : args.toCharArray()) {
            switch (c) {
                case '?' -> required--;
                case '*' -> required--;
                default -> {
                    types.add(type(c));
                    required++;
                }
            }
        }
        String plain = name.replace("!", "");
        ALL.put(
                plain,
                new Function(
                        plain,
                        type(returns.charAt(0)),
                        List.copyOf(types),
                        required,
                        args.endsWith("*"),
                        name.startsWith("!")));
    }

    private static ValueType type(char c) {
        return switch (c) {
            case 'v' -> ValueType.VECTOR;
            case 'm' -> ValueType.MATRIX;
            case 's' -> ValueType.SCALAR;
            default -> ValueType.STRING;
        };
    }

    /** Null if there is none of this name. */
    static Function named(String name) {
        return ALL.get(name);
    }

    /** How many arguments there may be. */
    int most() {
        return variadic ? Integer.MAX_VALUE : args.size();
    }

    ValueType arg(int i) {
        return args.get(Math.min(i, args.size() - 1));
    }
}
