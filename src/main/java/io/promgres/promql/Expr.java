package io.promgres.promql;

import java.util.List;
import java.util.Optional;

/** A parsed expression. Positions are offsets of characters in its text. */
public sealed interface Expr {

    /** Where it begins. */
    int from();

    ValueType type();

    record Num(int from, double value) implements Expr {
        @Override
        public ValueType type() {
            return ValueType.SCALAR;
        }
    }

    record Str(int from, String value) implements Expr {
        @Override
        public ValueType type() {
            return ValueType.STRING;
        }
    }

    /** What time a selector looks at. */
    enum AtKind {
        NONE,
        TIME,
        START,
        END
    }

    /**
     * The modifiers of a selector or subquery.
     *
     * @param at of TIME: milliseconds since the epoch
     * @param offset into the past
     */
    record Timing(AtKind kind, long at, Duration offset) {

        static final Timing NOW = new Timing(AtKind.NONE, 0, Duration.ZERO);
    }

    /** A length of time, which may depend on the query. */
    sealed interface Duration {

        Duration ZERO = new Fixed(0);

        /** @param stepSeconds of the query; range likewise */
        double seconds(double stepSeconds, double rangeSeconds);

        /** A constant, in milliseconds. */
        record Fixed(long millis) implements Duration {
            @Override
            public double seconds(double stepSeconds, double rangeSeconds) {
                return millis / 1000.0;
            }
        }

        /** A number of seconds that an expression gives. */
        record Computed(String operator, Duration left, Duration right) implements Duration {
            @Override
            public double seconds(double step, double range) {
                double a = left == null ? 0 : left.seconds(step, range);
                double b = right == null ? 0 : right.seconds(step, range);
                return switch (operator) {
                    case "step" -> step;
                    case "range" -> range;
                    case "min_of" -> Math.min(a, b);
                    case "max_of" -> Math.max(a, b);
                    case "()" -> a;
                    case "neg" -> -a;
                    case "+" -> a + b;
                    case "-" -> a - b;
                    case "*" -> a * b;
                    case "/" -> a / b;
                    case "%" -> a % b;
                    default -> Math.pow(a, b);
                };
            }
        }
    }

    /** @param name of the metric as it stood in front of the braces; empty if it did not */
    record Vector(int from, String name, List<Matcher> matchers, Timing timing) implements Expr {
        @Override
        public ValueType type() {
            return ValueType.VECTOR;
        }
    }

    record Matrix(Vector vector, Duration range) implements Expr {
        @Override
        public int from() {
            return vector.from();
        }

        @Override
        public ValueType type() {
            return ValueType.MATRIX;
        }
    }

    /** @param step absent for the server's default */
    record Subquery(Expr expr, Duration range, Optional<Duration> step, Timing timing) implements Expr {
        @Override
        public int from() {
            return expr.from();
        }

        @Override
        public ValueType type() {
            return ValueType.MATRIX;
        }
    }

    record Call(int from, Function function, List<Expr> args) implements Expr {
        @Override
        public ValueType type() {
            return function.returns();
        }
    }

    /** @param without whether the labels are those that are left out */
    record Aggregate(int from, String op, Optional<Expr> param, Expr expr, boolean without, List<String> labels)
            implements Expr {
        @Override
        public ValueType type() {
            return ValueType.VECTOR;
        }
    }

    /** How many series of one side there may be for one of the other. */
    enum Card {
        ONE_TO_ONE,
        MANY_TO_ONE,
        ONE_TO_MANY,
        MANY_TO_MANY
    }

    /**
     * Which series of two vectors belong together.
     *
     * @param on whether the labels are those that have to be the same; else those that are not looked at
     * @param explicit whether on or ignoring was there
     * @param fillLeft value of a series that is missing on the left; null for none
     */
    record Matching(
            Card card,
            boolean on,
            boolean explicit,
            List<String> labels,
            List<String> include,
            Double fillLeft,
            Double fillRight) {}

    record Binary(String op, Expr left, Expr right, boolean bool, Matching matching) implements Expr {
        @Override
        public int from() {
            return left.from();
        }

        @Override
        public ValueType type() {
            return left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR
                    ? ValueType.SCALAR
                    : ValueType.VECTOR;
        }
    }

    record Unary(int from, boolean negative, Expr expr) implements Expr {
        @Override
        public ValueType type() {
            return expr.type();
        }
    }

    record Paren(int from, Expr expr) implements Expr {
        @Override
        public ValueType type() {
            return expr.type();
        }
    }
}
