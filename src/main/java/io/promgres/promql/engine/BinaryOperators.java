package io.promgres.promql.engine;

import io.promgres.promql.syntax.Expr.Binary;
import io.promgres.promql.syntax.TokenType;
import io.promgres.promql.syntax.ValueType;
import java.util.ArrayList;
import java.util.List;

/** Evaluates binary operators where one side is a scalar; {@link VectorMatching} does those of two vectors. */
final class BinaryOperators {

    private final Evaluator evaluator;
    private final Grid grid;

    BinaryOperators(Evaluator evaluator) {
        this.evaluator = evaluator;
        this.grid = evaluator.grid;
    }

    List<StepSeries> evaluate(Binary binary) {
        boolean leftScalar = binary.left().type() == ValueType.SCALAR;
        boolean rightScalar = binary.right().type() == ValueType.SCALAR;
        if (leftScalar && rightScalar) {
            return scalars(binary);
        }
        if (leftScalar) {
            return withScalar(binary, evaluator.vector(binary.right()), evaluator.scalar(binary.left()), true);
        }
        if (rightScalar) {
            return withScalar(binary, evaluator.vector(binary.left()), evaluator.scalar(binary.right()), false);
        }
        List<StepSeries> left = evaluator.vector(binary.left());
        List<StepSeries> right = evaluator.vector(binary.right());
        List<StepSeries> result = new VectorMatching(evaluator, binary).match(left, right);
        evaluator.release(left);
        evaluator.release(right);
        return Evaluator.merge(result);
    }

    private List<StepSeries> scalars(Binary binary) {
        double[] left = evaluator.scalar(binary.left());
        double[] right = evaluator.scalar(binary.right());
        StepSeries result = StepSeries.constant(0, grid.steps());
        for (int i = 0; i < grid.steps(); i++) {
            result.set(i, Arithmetic.scalar(binary.op(), left[i], right[i]));
        }
        return List.of(result);
    }

    /** @param swapped whether the scalar stands on the left */
    private List<StepSeries> withScalar(Binary binary, List<StepSeries> vector, double[] scalar, boolean swapped) {
        TokenType op = binary.op();
        boolean renames = Arithmetic.changesMeaning(op) || binary.returnBool();
        Arithmetic arithmetic = new Arithmetic(op, binary.position(), evaluator.annotations());
        List<StepSeries> result = new ArrayList<>(vector.size());
        for (StepSeries series : vector) {
            StepSeries out = renames ? evaluator.renamed(series) : new StepSeries(series.labels, series.steps());
            out.dropName |= series.dropName;
            for (int i = 0; i < series.steps(); i++) {
                if (series.has(i)) {
                    step(binary, arithmetic, series, scalar[i], swapped, out, i);
                }
            }
            result.add(out);
        }
        evaluator.release(vector);
        result.removeIf(StepSeries::isEmpty);
        return Evaluator.merge(result);
    }

    private static void step(
            Binary binary,
            Arithmetic arithmetic,
            StepSeries series,
            double scalar,
            boolean swapped,
            StepSeries out,
            int i) {
        boolean defined = swapped
                ? arithmetic.apply(scalar, null, series.values[i], series.histogram(i))
                : arithmetic.apply(series.values[i], series.histogram(i), scalar, null);
        if (!defined) {
            return;
        }
        if (binary.returnBool()) {
            out.set(i, arithmetic.keep() ? 1 : 0);
        } else if (arithmetic.keep()) {
            if (binary.op().isComparison()) {
                out.copy(i, series);
            } else {
                arithmetic.give(out, i);
            }
        }
    }
}
