package io.promgres.promql.syntax;

import io.promgres.promql.data.Matcher;
import java.util.List;

/** An expression of PromQL. Immutable. Times and durations are in milliseconds. */
public sealed interface Expr {

    Position position();

    ValueType type();

    /** @param duration whether it was written as a duration; the value is in seconds then */
    record NumberLiteral(double value, boolean duration, Position position) implements Expr {
        @Override
        public ValueType type() {
            return ValueType.SCALAR;
        }
    }

    record StringLiteral(String value, Position position) implements Expr {
        @Override
        public ValueType type() {
            return ValueType.STRING;
        }
    }

    record Paren(Expr expr, Position position) implements Expr {
        @Override
        public ValueType type() {
            return expr.type();
        }
    }

    record Unary(TokenType op, Expr expr, Position position) implements Expr {
        @Override
        public ValueType type() {
            return expr.type();
        }
    }

    /** @param matching null unless both sides are vectors */
    record Binary(TokenType op, Expr left, Expr right, Matching matching, boolean returnBool, Position position)
            implements Expr {
        @Override
        public ValueType type() {
            return left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR
                    ? ValueType.SCALAR
                    : ValueType.VECTOR;
        }
    }

    /** How many series of either side may belong to one of the other. */
    enum Cardinality {
        ONE_TO_ONE,
        MANY_TO_ONE,
        ONE_TO_MANY,
        MANY_TO_MANY
    }

    /**
     * Which series of two vectors belong together.
     *
     * @param on whether the labels are those to be compared, and not those to be ignored
     * @param include labels of the one side that the result gets
     * @param fillLeft the value of a series that the left side lacks; null if there is none
     * @param fillRight the value of a series that the right side lacks; null if there is none
     */
    record Matching(
            Cardinality cardinality,
            boolean on,
            List<String> labels,
            List<String> include,
            Double fillLeft,
            Double fillRight) {}

    /** @param parameter null if the operator takes none */
    record Aggregate(TokenType op, Expr expr, Expr parameter, List<String> grouping, boolean without, Position position)
            implements Expr {
        @Override
        public ValueType type() {
            return ValueType.VECTOR;
        }
    }

    record Call(Function function, List<Expr> arguments, Position position) implements Expr {
        @Override
        public ValueType type() {
            return function.returns();
        }
    }

    /** The ends of the query's time, for the modifier @. */
    enum Edge {
        START,
        END
    }

    /**
     * When a selector looks.
     *
     * @param offset how long before
     * @param offsetExpr says the offset where it is to be computed; null else
     * @param at the time that it looks at, whatever the query's is; null if none is set
     * @param edge the end of the query's time that it looks at; null if none is set
     */
    record Time(long offset, Expr offsetExpr, Long at, Edge edge) {

        static final Time PLAIN = new Time(0, null, null, null);
    }

    /** The modifiers that take in samples around a range. */
    enum Extension {
        NONE,
        ANCHORED,
        SMOOTHED
    }

    /** @param name of the metric, empty if it is not written before the braces; then it is among the matchers, if anywhere */
    record VectorSelector(String name, List<Matcher> matchers, Time time, Extension extension, Position position)
            implements Expr {
        @Override
        public ValueType type() {
            return ValueType.VECTOR;
        }
    }

    /** @param rangeExpr says the range where it is to be computed; null else */
    record MatrixSelector(VectorSelector vector, long range, Expr rangeExpr, Position position) implements Expr {
        @Override
        public ValueType type() {
            return ValueType.MATRIX;
        }
    }

    /** @param step 0 for the default */
    record Subquery(Expr expr, long range, Expr rangeExpr, long step, Expr stepExpr, Time time, Position position)
            implements Expr {
        @Override
        public ValueType type() {
            return ValueType.MATRIX;
        }
    }

    /**
     * A duration that is computed.
     *
     * @param left null for a unary operator and for step() and range()
     * @param right null for step() and range()
     * @param wrapped whether it stands in parentheses
     */
    record DurationExpr(TokenType op, Expr left, Expr right, boolean wrapped, Position position) implements Expr {
        @Override
        public ValueType type() {
            return ValueType.SCALAR;
        }
    }
}
