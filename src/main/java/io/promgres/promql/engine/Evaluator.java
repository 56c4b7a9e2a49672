package io.promgres.promql.engine;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.Expr.Aggregate;
import io.promgres.promql.syntax.Expr.Binary;
import io.promgres.promql.syntax.Expr.Call;
import io.promgres.promql.syntax.Expr.MatrixSelector;
import io.promgres.promql.syntax.Expr.NumberLiteral;
import io.promgres.promql.syntax.Expr.Paren;
import io.promgres.promql.syntax.Expr.StringLiteral;
import io.promgres.promql.syntax.Expr.Subquery;
import io.promgres.promql.syntax.Expr.Unary;
import io.promgres.promql.syntax.Expr.VectorSelector;
import io.promgres.promql.syntax.TokenType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Evaluates an expression on a grid of times. */
final class Evaluator {

    static final String DUPLICATE = "vector cannot contain metrics with the same labelset";

    private static final Set<String> STATISTICS = Set.of("histogram_count", "histogram_sum", "histogram_avg");
    private static final Set<String> BUCKETS =
            Set.of("histogram_quantile", "histogram_quantiles", "histogram_fraction");

    final Execution execution;
    final Grid grid;
    private final Selectors selectors;

    Evaluator(Execution execution, Grid grid) {
        this.execution = execution;
        this.grid = grid;
        this.selectors = new Selectors(execution, grid);
    }

    Annotations annotations() {
        return execution.annotations;
    }

    boolean delaysNameRemoval() {
        return execution.options.delayedNameRemoval();
    }

    Selectors selectors() {
        return selectors;
    }

    /** The expression within parentheses. */
    static Expr unwrap(Expr expr) {
        Expr inner = expr;
        while (inner instanceof Paren paren) {
            inner = paren.expr();
        }
        return inner;
    }

    /** The series of a vector; of a scalar, one without labels that has a float at each step. */
    List<StepSeries> vector(Expr expr) {
        execution.check();
        if (grid.steps() == 0) {
            return new ArrayList<>();
        }
        if (expr instanceof Paren paren) {
            return vector(paren.expr());
        }
        if (expr instanceof NumberLiteral number) {
            return List.of(StepSeries.constant(number.value(), grid.steps()));
        }
        List<StepSeries> result;
        if (expr instanceof VectorSelector selector) {
            result = selectors.instant(selector);
        } else if (expr instanceof Unary unary) {
            result = unary(unary);
        } else if (expr instanceof Aggregate aggregate) {
            result = new Aggregations(this).evaluate(aggregate);
        } else {
            result = operation(expr);
        }
        result.forEach(series -> execution.hold(series.samples()));
        return result;
    }

    /** A call or a binary operator, and what it needs of the histograms in it. */
    private List<StepSeries> operation(Expr expr) {
        int statistics =
                expr instanceof Call call && STATISTICS.contains(call.function().name()) ? 1 : 0;
        boolean trims = expr instanceof Binary binary
                && (binary.op() == TokenType.TRIM_LOWER || binary.op() == TokenType.TRIM_UPPER);
        int buckets = trims
                        || expr instanceof Call call
                                && BUCKETS.contains(call.function().name())
                ? 1
                : 0;
        execution.inStatistics(statistics);
        execution.inBuckets(buckets);
        List<StepSeries> result = expr instanceof Binary binary
                ? new BinaryOperators(this).evaluate(binary)
                : new Calls(this).evaluate((Call) expr);
        execution.inStatistics(-statistics);
        execution.inBuckets(-buckets);
        return result;
    }

    /** What was held of a vector that is not needed any more. */
    void release(List<StepSeries> series) {
        series.forEach(one -> execution.release(one.samples()));
    }

    /** The value of a scalar at each step. */
    double[] scalar(Expr expr) {
        return vector(expr).get(0).values;
    }

    static String string(Expr expr) {
        return ((StringLiteral) unwrap(expr)).value();
    }

    /** The samples of a range vector, at a single time. */
    List<QueryResult.Points> matrix(Expr expr) {
        Expr inner = unwrap(expr);
        return inner instanceof Subquery subquery
                ? selectors.points(subquery(subquery), grid.start())
                : selectors.points((MatrixSelector) inner);
    }

    /** The values of a subquery's expression, on a grid of its own that covers all windows. */
    SubqueryResult subquery(Subquery subquery) {
        long offset = subquery.time().offset();
        Long at = subquery.time().at();
        long first = (at == null ? grid.start() : at) - offset;
        long last = (at == null ? grid.time(grid.steps() - 1) : at) - offset;
        long step = subquery.step() == 0 ? execution.options.subqueryStep() : subquery.step();
        long start = step * ((first - subquery.range()) / step);
        if (start <= first - subquery.range()) {
            start += step;
        }
        Grid inner = new Grid(start, last, step);
        Evaluator evaluator = new Evaluator(execution, inner);
        execution.inBuckets(1);
        List<StepSeries> series = evaluator.vector(subquery.expr());
        execution.inBuckets(-1);
        return new SubqueryResult(subquery, inner, series);
    }

    /** The values of the expression of a subquery. */
    record SubqueryResult(Subquery subquery, Grid grid, List<StepSeries> series) {}

    private List<StepSeries> unary(Unary unary) {
        List<StepSeries> operand = vector(unary.expr());
        if (unary.op() != TokenType.SUB) {
            release(operand);
            return operand;
        }
        List<StepSeries> result = new ArrayList<>();
        for (StepSeries series : operand) {
            StepSeries negated = new StepSeries(withoutName(series.labels), series.steps());
            negated.dropName = true;
            for (int i = 0; i < series.steps(); i++) {
                if (series.isFloat(i)) {
                    negated.set(i, -series.values[i]);
                } else if (series.isHistogram(i)) {
                    negated.set(i, series.histogram(i).copy().multiply(-1));
                }
            }
            result.add(negated);
        }
        release(operand);
        return merge(result);
    }

    /** The labels of a result that is another metric: without its name, unless that goes at the end. */
    Labels withoutName(Labels labels) {
        return delaysNameRemoval() ? labels : labels.withoutMetadata();
    }

    /** A series with no value yet that is made of another one by an operation that changes its meaning. */
    StepSeries renamed(StepSeries series) {
        StepSeries result = new StepSeries(withoutName(series.labels), series.steps());
        result.dropName = true;
        return result;
    }

    /** The answer: names that were to go at the end are gone. */
    List<StepSeries> finish(List<StepSeries> series) {
        if (!delaysNameRemoval()) {
            return merge(series);
        }
        for (StepSeries one : series) {
            if (one.dropName) {
                one.labels = one.labels.withoutMetadata();
            }
        }
        return merge(series);
    }

    /**
     * Puts series of the same labels together.
     *
     * @throws QueryException if two of them have a value at the same step
     */
    static List<StepSeries> merge(List<StepSeries> series) {
        Map<Labels, StepSeries> byLabels = new LinkedHashMap<>();
        boolean merged = false;
        for (StepSeries one : series) {
            StepSeries before = byLabels.putIfAbsent(one.labels, one);
            if (before != null) {
                merged = true;
                join(before, one);
            }
        }
        return merged ? new ArrayList<>(byLabels.values()) : series;
    }

    private static void join(StepSeries to, StepSeries from) {
        for (int i = 0; i < from.steps(); i++) {
            if (from.has(i)) {
                if (to.has(i)) {
                    throw QueryException.execution(DUPLICATE);
                }
                to.copy(i, from);
            }
        }
    }

    /** Whether all that is there at a step is floats, none, or histograms. */
    static String typeName(FloatHistogram histogram) {
        return histogram == null ? "float" : "histogram";
    }
}
