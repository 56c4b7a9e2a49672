package io.promgres.promql;

import io.promgres.promql.syntax.Function;
import io.promgres.promql.syntax.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Makes expressions that are right by their types, of all functions, operators, aggregations and modifiers, nested in each other. */
final class RandomQuery {

    private static final List<String> SELECTORS = List.of(
            "m",
            "n",
            "h",
            "nothing",
            "m{a=\"b\"}",
            "m{a!~\"b|c\"}",
            "{__name__=~\"m|n\"}",
            "{a=~\".*\",__name__!=\"\"}");
    private static final List<String> NUMBERS =
            List.of("0", "1", "-1", "0.5", "2", "1e300", "-1e300", "NaN", "Inf", "-Inf", "1e-300", "300", "9e15");
    private static final List<String> TEXTS = List.of("a", "le", "b", "", "__name__", "$1", "(.*)", "new", "é");
    private static final List<String> RANGES = List.of("1ms", "30s", "1m", "7m", "1h", "2m+30s", "1d");
    private static final List<String> ARITHMETIC =
            List.of("+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<", ">=", "<=", "</", ">/");
    private static final List<String> SETS = List.of("and", "or", "unless");
    private static final List<String> AGGREGATIONS =
            List.of("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar");
    private static final List<String> WITH_NUMBER = List.of("topk", "bottomk", "quantile", "limitk", "limit_ratio");

    private final Random random;

    RandomQuery(Random random) {
        this.random = random;
    }

    /** Of at most so many levels. */
    String vector(int depth) {
        return switch (depth == 0 ? 0 : random.nextInt(10)) {
            case 0 -> oneOf(SELECTORS) + modifier();
            case 1, 2 -> aggregation(depth - 1);
            case 3, 4, 5 -> call(ValueType.VECTOR, depth - 1);
            case 6 -> "(" + vector(depth - 1) + ")";
            case 7 -> "-" + vector(depth - 1);
            default -> binary(depth - 1);
        };
    }

    private String aggregation(int depth) {
        String grouping = switch (random.nextInt(4)) {
            case 0 -> " by (a)";
            case 1 -> " without (le)";
            case 2 -> " by ()";
            default -> "";
        };
        return switch (random.nextInt(4)) {
            case 0 -> oneOf(WITH_NUMBER) + grouping + "(" + scalar(depth) + "," + vector(depth) + ")";
            case 1 -> "count_values" + grouping + "(\"v\"," + vector(depth) + ")";
            default -> oneOf(AGGREGATIONS) + grouping + "(" + vector(depth) + ")";
        };
    }

    private String binary(int depth) {
        if (random.nextInt(3) == 0) {
            return "(" + vector(depth) + ") " + oneOf(SETS) + matching() + " (" + vector(depth) + ")";
        }
        String operator = " " + oneOf(ARITHMETIC) + " ";
        return switch (random.nextInt(4)) {
            case 0 -> "(" + scalar(depth) + ")" + operator + "(" + vector(depth) + ")";
            case 1 -> "(" + vector(depth) + ")" + operator + "(" + scalar(depth) + ")";
            case 2 ->
                "(" + vector(depth) + ")" + operator + matching()
                        + oneOf(List.of("", " group_left()", " group_right(a)")) + " (" + vector(depth) + ")";
            default ->
                "(" + vector(depth) + ")" + operator + matching() + oneOf(List.of("", " fill(0)", " fill_left(1)"))
                        + " (" + vector(depth) + ")";
        };
    }

    private String matching() {
        return oneOf(List.of(" on (a)", " on ()", " ignoring (le)", " ignoring (a, le)"));
    }

    private String scalar(int depth) {
        return switch (depth <= 0 ? 0 : random.nextInt(4)) {
            case 0, 1 -> oneOf(NUMBERS);
            case 2 -> "scalar(" + vector(depth - 1) + ")";
            default ->
                "(" + scalar(depth - 1) + " " + oneOf(List.of("+", "-", "*", "/", "%", "^")) + " " + scalar(depth - 1)
                        + ")";
        };
    }

    private String range(int depth) {
        if (depth <= 0 || random.nextInt(3) > 0) {
            return oneOf(SELECTORS) + "[" + oneOf(RANGES) + "]" + oneOf(List.of("", " anchored", " smoothed"))
                    + modifier();
        }
        return "(" + vector(depth - 1) + ")[" + oneOf(RANGES) + ":" + oneOf(List.of("", "1m", "7s", "1h")) + "]"
                + modifier();
    }

    private String modifier() {
        return oneOf(List.of("", "", "", " offset 1m", " offset -3m", " @ 60", " @ end()", " @ start() offset 1m"));
    }

    private String call(ValueType type, int depth) {
        List<Function> all = Function.ALL.values().stream()
                .filter(function -> function.returns() == type)
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
        Function function = all.get(random.nextInt(all.size()));
        List<ValueType> arguments = new ArrayList<>(function.arguments());
        if (function.variadic() > 0 && random.nextBoolean()) {
            arguments.remove(arguments.size() - 1);
        }
        return function.name()
                + arguments.stream()
                        .map(argument -> argument(argument, depth))
                        .collect(Collectors.joining(",", "(", ")"));
    }

    private String argument(ValueType type, int depth) {
        return switch (type) {
            case SCALAR -> scalar(depth);
            case STRING -> "\"" + oneOf(TEXTS) + "\"";
            case MATRIX -> range(depth);
            default -> vector(depth);
        };
    }

    private String oneOf(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
