package io.promgres.promql.syntax;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The signature of a function.
 *
 * @param arguments the types of the arguments
 * @param variadic how many arguments there may be in place of the last one, 0 for exactly the arguments, -1 for any number
 * @param experimental whether it is there with the feature promql-experimental-functions only
 */
public record Function(String name, ValueType returns, List<ValueType> arguments, int variadic, boolean experimental) {

    /** Name, result, arguments (V instant vector, M range vector, S scalar, T string), variadic. */
    private static final String TABLE = """
            abs                          | V | V     |  0 |
            absent                       | V | V     |  0 |
            absent_over_time             | V | M     |  0 |
            acos                         | V | V     |  0 |
            acosh                        | V | V     |  0 |
            asin                         | V | V     |  0 |
            asinh                        | V | V     |  0 |
            atan                         | V | V     |  0 |
            atanh                        | V | V     |  0 |
            avg_over_time                | V | M     |  0 |
            ceil                         | V | V     |  0 |
            changes                      | V | M     |  0 |
            clamp                        | V | VSS   |  0 |
            clamp_max                    | V | VS    |  0 |
            clamp_min                    | V | VS    |  0 |
            cos                          | V | V     |  0 |
            cosh                         | V | V     |  0 |
            count_over_time              | V | M     |  0 |
            day_of_month                 | V | V     |  1 |
            day_of_week                  | V | V     |  1 |
            day_of_year                  | V | V     |  1 |
            days_in_month                | V | V     |  1 |
            deg                          | V | V     |  0 |
            delta                        | V | M     |  0 |
            deriv                        | V | M     |  0 |
            double_exponential_smoothing | V | MSS   |  0 | experimental
            end                          | S | -     |  0 | experimental
            exp                          | V | V     |  0 |
            first_over_time              | V | M     |  0 |
            floor                        | V | V     |  0 |
            histogram_avg                | V | V     |  0 |
            histogram_count              | V | V     |  0 |
            histogram_fraction           | V | SSV   |  0 |
            histogram_quantile           | V | SV    |  0 |
            histogram_quantiles          | V | VTSS  |  9 | experimental
            histogram_stddev             | V | V     |  0 |
            histogram_stdvar             | V | V     |  0 |
            histogram_sum                | V | V     |  0 |
            hour                         | V | V     |  1 |
            idelta                       | V | M     |  0 |
            increase                     | V | M     |  0 |
            info                         | V | VV    |  1 | experimental
            irate                        | V | M     |  0 |
            label_join                   | V | VTTT  | -1 |
            label_replace                | V | VTTTT |  0 |
            last_over_time               | V | M     |  0 |
            ln                           | V | V     |  0 |
            log10                        | V | V     |  0 |
            log2                         | V | V     |  0 |
            mad_over_time                | V | M     |  0 | experimental
            max_of                       | S | SS    |  0 | experimental
            max_over_time                | V | M     |  0 |
            min_of                       | S | SS    |  0 | experimental
            min_over_time                | V | M     |  0 |
            minute                       | V | V     |  1 |
            month                        | V | V     |  1 |
            pi                           | S | -     |  0 |
            predict_linear               | V | MS    |  0 |
            present_over_time            | V | M     |  0 |
            quantile_over_time           | V | SM    |  0 |
            rad                          | V | V     |  0 |
            range                        | S | -     |  0 | experimental
            rate                         | V | M     |  0 |
            resets                       | V | M     |  0 |
            round                        | V | VS    |  1 |
            scalar                       | S | V     |  0 |
            sgn                          | V | V     |  0 |
            sin                          | V | V     |  0 |
            sinh                         | V | V     |  0 |
            sort                         | V | V     |  0 |
            sort_by_label                | V | VT    | -1 | experimental
            sort_by_label_desc           | V | VT    | -1 | experimental
            sort_desc                    | V | V     |  0 |
            sqrt                         | V | V     |  0 |
            start                        | S | -     |  0 | experimental
            start_timestamp              | V | V     |  0 | experimental
            stddev_over_time             | V | M     |  0 |
            stdvar_over_time             | V | M     |  0 |
            step                         | S | -     |  0 | experimental
            sum_over_time                | V | M     |  0 |
            tan                          | V | V     |  0 |
            tanh                         | V | V     |  0 |
            time                         | S | -     |  0 |
            timestamp                    | V | V     |  0 |
            ts_of_first_over_time        | V | M     |  0 | experimental
            ts_of_last_over_time         | V | M     |  0 | experimental
            ts_of_max_over_time          | V | M     |  0 | experimental
            ts_of_min_over_time          | V | M     |  0 | experimental
            vector                       | V | S     |  0 |
            year                         | V | V     |  1 |
            """;

    /** All functions by name. */
    public static final Map<String, Function> ALL = read();

    private static Map<String, Function> read() {
        Map<String, Function> all = new TreeMap<>();
        TABLE.lines().map(line -> line.split("\\|")).forEach(row -> {
            List<ValueType> arguments = row[2].strip().equals("-")
                    ? List.of()
                    : row[2].strip().chars().mapToObj(Function::type).toList();
            String name = row[0].strip();
            ValueType returns = type(row[1].strip().charAt(0));
            int variadic = Integer.parseInt(row[3].strip());
            all.put(name, new Function(name, returns, arguments, variadic, row.length > 4));
        });
        return Map.copyOf(all);
    }

    private static ValueType type(int letter) {
        return switch (letter) {
            case 'V' -> ValueType.VECTOR;
            case 'M' -> ValueType.MATRIX;
            case 'S' -> ValueType.SCALAR;
            case 'T' -> ValueType.STRING;
            default -> throw new IllegalStateException("no type " + (char) letter);
        };
    }
}
