package io.promgres.promql.engine;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.FloatHistogram.Hint;
import io.promgres.promql.data.HistogramArithmetic;
import io.promgres.promql.data.HistogramArithmetic.IncompatibleException;
import io.promgres.promql.syntax.Position;
import io.promgres.promql.syntax.TokenType;

/** One binary operator applied to two samples. A buffer: the result is that of the last application. */
final class Arithmetic {

    private final TokenType op;
    private final Position position;
    private final Annotations annotations;
    private double value;
    private FloatHistogram histogram;
    private boolean keep;

    Arithmetic(TokenType op, Position position, Annotations annotations) {
        this.op = op;
        this.position = position;
        this.annotations = annotations;
    }

    /** Whether the result of an operator is another metric than its operands. */
    static boolean changesMeaning(TokenType op) {
        return switch (op) {
            case ADD, SUB, MUL, DIV, POW, MOD, ATAN2 -> true;
            default -> false;
        };
    }

    static double scalar(TokenType op, double left, double right) {
        return op.isComparison() ? (compare(op, left, right) ? 1 : 0) : compute(op, left, right);
    }

    private static boolean compare(TokenType op, double left, double right) {
        return switch (op) {
            case EQLC -> left == right;
            case NEQ -> left != right;
            case GTR -> left > right;
            case LSS -> left < right;
            case GTE -> left >= right;
            default -> left <= right;
        };
    }

    private static double compute(TokenType op, double left, double right) {
        return switch (op) {
            case ADD -> left + right;
            case SUB -> left - right;
            case MUL -> left * right;
            case DIV -> left / right;
            case MOD -> left % right;
            case POW -> power(left, right);
            case ATAN2 -> Math.atan2(left, right);
            default -> throw new IllegalStateException("no operator of scalars: " + op);
        };
    }

    /** As C has it: 1 to any power is 1, and so is -1 to an infinite one. */
    private static double power(double base, double exponent) {
        return base == 1 || base == -1 && Double.isInfinite(exponent) ? 1 : Math.pow(base, exponent);
    }

    /** Whether the samples are to be in the result, as the operator compares them. */
    boolean keep() {
        return keep;
    }

    void give(StepSeries to, int step) {
        if (histogram == null) {
            to.set(step, value);
        } else {
            to.set(step, histogram);
        }
    }

    /** @return whether there is a result; if the types do not fit, an info says so */
    boolean apply(double left, FloatHistogram leftHistogram, double right, FloatHistogram rightHistogram) {
        histogram = null;
        keep = true;
        if (leftHistogram == null && rightHistogram == null && !isTrim()) {
            value = op.isComparison() ? left : compute(op, left, right);
            keep = !op.isComparison() || compare(op, left, right);
            return true;
        }
        if (leftHistogram != null && rightHistogram != null) {
            return histograms(leftHistogram, rightHistogram);
        }
        if (leftHistogram == null && rightHistogram != null && op == TokenType.MUL) {
            histogram = rightHistogram.copy().multiply(left).compact();
            return true;
        }
        if (leftHistogram != null && mixed(leftHistogram, right)) {
            return true;
        }
        return incompatible(leftHistogram, rightHistogram);
    }

    private boolean isTrim() {
        return op == TokenType.TRIM_LOWER || op == TokenType.TRIM_UPPER;
    }

    private boolean mixed(FloatHistogram left, double right) {
        switch (op) {
            case MUL -> histogram = left.copy().multiply(right).compact();
            case DIV -> histogram = left.copy().divide(right).compact();
            case TRIM_UPPER -> histogram = Trimming.trim(left.copy(), right, true);
            case TRIM_LOWER -> histogram = Trimming.trim(left.copy(), right, false);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean histograms(FloatHistogram left, FloatHistogram right) {
        try {
            switch (op) {
                case ADD -> {
                    histogram = left.copy();
                    annotate(HistogramArithmetic.add(histogram, right), "addition");
                }
                case SUB -> {
                    histogram = left.copy();
                    annotate(HistogramArithmetic.subtract(histogram, right), "subtraction");
                    histogram.hint = Hint.GAUGE;
                }
                case EQLC, NEQ -> {
                    histogram = left;
                    keep = left.sameAs(right) == (op == TokenType.EQLC);
                    return true;
                }
                default -> {
                    return incompatible(left, right);
                }
            }
            histogram.compact();
            return true;
        } catch (IncompatibleException e) {
            annotations.incompatibleBuckets(op.text(), position);
            return false;
        }
    }

    private void annotate(HistogramArithmetic.Outcome outcome, String operation) {
        if (outcome.collision()) {
            annotations.collision(operation, position);
        }
        if (outcome.reconciled()) {
            annotations.reconciled(operation, position);
        }
    }

    private boolean incompatible(FloatHistogram left, FloatHistogram right) {
        annotations.incompatibleTypes(Evaluator.typeName(left), op.text(), Evaluator.typeName(right), position);
        return false;
    }
}
