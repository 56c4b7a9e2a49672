package io.promgres.promql.engine;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.data.SampleSource;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.ParseException;
import io.promgres.promql.syntax.Parser;
import io.promgres.promql.syntax.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Answers queries of PromQL. Immutable; may be used by several threads at one time. */
public final class Engine {

    private final EngineOptions options;

    public Engine(EngineOptions options) {
        this.options = options;
    }

    /**
     * Reads an expression.
     *
     * @throws QueryException of the type bad_data, with the position in its message
     */
    public Expr parse(String query) {
        try {
            return Parser.parse(query, options.parser());
        } catch (ParseException e) {
            throw new QueryException(QueryException.Type.BAD_DATA, e.getMessage());
        }
    }

    /**
     * The value of an expression at one time.
     *
     * @param time in milliseconds since the epoch
     * @param canceled is asked now and then; true ends the query
     * @throws QueryException if there is no answer
     */
    public QueryResult instant(String query, long time, SampleSource source, BooleanSupplier canceled) {
        Expr expr = parse(query);
        Grid grid = Grid.at(time);
        Expr prepared = new Preparation(grid).prepare(expr);
        Execution execution = new Execution(source, options, canceled);
        Evaluator evaluator = new Evaluator(execution, grid);
        Expr bare = Evaluator.unwrap(prepared);
        if (bare instanceof Expr.StringLiteral string) {
            return new QueryResult(ValueType.STRING, List.of(), string.value(), List.of(), List.of());
        }
        List<QueryResult.Points> series = expr.type() == ValueType.MATRIX
                ? sorted(evaluator.matrix(bare))
                : points(evaluator.finish(evaluator.vector(prepared)), grid);
        return result(expr.type(), series, query, execution);
    }

    /**
     * The values of an expression at several times.
     *
     * @param start of the first, in milliseconds since the epoch
     * @param end not before the last
     * @param step from one to the next, in milliseconds, greater than 0
     * @throws QueryException if there is no answer
     */
    public QueryResult range(
            String query, long start, long end, long step, SampleSource source, BooleanSupplier canceled) {
        Expr expr = parse(query);
        if (expr.type() != ValueType.VECTOR && expr.type() != ValueType.SCALAR) {
            throw new QueryException(
                    QueryException.Type.BAD_DATA,
                    "invalid expression type \"" + expr.type()
                            + "\" for range query, must be Scalar or instant Vector");
        }
        Grid grid = new Grid(start, end, step);
        Expr prepared = new Preparation(grid).prepare(expr);
        Execution execution = new Execution(source, options, canceled);
        Evaluator evaluator = new Evaluator(execution, grid);
        List<QueryResult.Points> series = sorted(points(evaluator.finish(evaluator.vector(prepared)), grid));
        return result(ValueType.MATRIX, series, query, execution);
    }

    private static QueryResult result(
            ValueType type, List<QueryResult.Points> series, String query, Execution execution) {
        return new QueryResult(
                type, series, null, execution.annotations.warnings(query), execution.annotations.infos(query));
    }

    private static List<QueryResult.Points> sorted(List<QueryResult.Points> series) {
        List<QueryResult.Points> sorted = new ArrayList<>(series);
        sorted.sort(Comparator.comparing(QueryResult.Points::labels));
        return sorted;
    }

    private static List<QueryResult.Points> points(List<StepSeries> series, Grid grid) {
        List<QueryResult.Points> all = new ArrayList<>(series.size());
        for (StepSeries one : series) {
            int n = 0;
            long[] times = new long[one.steps()];
            double[] values = new double[one.steps()];
            FloatHistogram[] histograms = null;
            for (int i = 0; i < one.steps(); i++) {
                if (one.has(i)) {
                    times[n] = grid.time(i);
                    values[n] = one.values[i];
                    if (one.isHistogram(i)) {
                        histograms = histograms == null ? new FloatHistogram[one.steps()] : histograms;
                        histograms[n] = one.histogram(i);
                    }
                    n++;
                }
            }
            if (n > 0) {
                all.add(new QueryResult.Points(
                        one.labels,
                        Arrays.copyOf(times, n),
                        Arrays.copyOf(values, n),
                        histograms == null ? null : Arrays.copyOf(histograms, n)));
            }
        }
        return all;
    }
}
