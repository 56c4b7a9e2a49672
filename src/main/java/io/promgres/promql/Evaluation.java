package io.promgres.promql;

import io.promgres.promql.Expr.Timing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One evaluation of an expression. An operator hands its series over one by one, each with its values at all times of the grid, so
 * that an aggregation holds its groups and not what it is made of.
 */
final class Evaluation {

    private final Grid root;
    private final Engine.Options options;
    private final SampleSource source;
    private final Annotations annotations;
    private long samplesRead;
    private long held;

    Evaluation(String text, Grid root, Engine.Options options, SampleSource source) {
        this.root = root;
        this.options = options;
        this.source = source;
        this.annotations = new Annotations(text);
    }

    /** Takes the series of a vector one after the other. */
    @FunctionalInterface
    interface Sink {
        void take(Series series) throws QueryException;
    }

    /** Takes the series of a range vector, each with the windows of its samples. */
    @FunctionalInterface
    interface RangeSink {
        void take(Labels labels, boolean dropName, SampleSource.Samples samples, Windows windows) throws QueryException;
    }

    /**
     * Where the ranges of a range vector end.
     *
     * @param ends at each time of the grid, not descending
     * @param range milliseconds
     */
    record Windows(long[] ends, long range) {}

    Annotations annotations() {
        return annotations;
    }

    Result instant(Expr expr) throws QueryException {
        return switch (expr.type()) {
            case STRING -> result(ValueType.STRING, ((Expr.Str) unwrap(expr)).value(), List.of());
            case SCALAR ->
                result(
                        ValueType.SCALAR,
                        "",
                        List.of(points(new Series(Labels.EMPTY, false, scalar(expr, root)), root)));
            case MATRIX -> result(ValueType.MATRIX, "", rawSamples(expr));
            default -> result(ValueType.VECTOR, "", finish(expr));
        };
    }

    Result range(Expr expr) throws QueryException {
        List<Result.Points> series = expr.type() == ValueType.SCALAR
                ? List.of(points(new Series(Labels.EMPTY, false, scalar(expr, root)), root))
                : new ArrayList<>(finish(expr));
        if (series.size() > 1) {
            series.sort((a, b) -> a.labels().compareTo(b.labels()));
        }
        return result(ValueType.MATRIX, "", series);
    }

    private Result result(ValueType type, String text, List<Result.Points> series) {
        return new Result(type, text, series, annotations.warnings(), annotations.infos(), samplesRead);
    }

    /** Names go where they have to, and series that become the same are one, if they never have a value at one time. */
    private List<Result.Points> finish(Expr expr) throws QueryException {
        Map<Labels, Series> bySeries = new LinkedHashMap<>();
        eval(expr, root, series -> {
            if (series.isEmpty()) {
                return;
            }
            Labels labels = series.finalLabels();
            Series known = bySeries.get(labels);
            if (known == null) {
                hold(series.values().length);
                bySeries.put(labels, new Series(labels, false, series.values()));
            } else {
                merge(known.values(), series.values());
            }
        });
        List<Result.Points> points = new ArrayList<>(bySeries.size());
        bySeries.values().forEach(series -> points.add(points(series, root)));
        return points;
    }

    private static void merge(double[] into, double[] from) throws QueryException {
        for (int i = 0; i < into.length; i++) {
            if (!Series.isAbsent(from[i])) {
                if (!Series.isAbsent(into[i])) {
                    throw QueryException.execution("vector cannot contain metrics with the same labelset");
                }
                into[i] = from[i];
            }
        }
    }

    private static Result.Points points(Series series, Grid grid) {
        double[] values = series.values();
        long[] times = new long[values.length];
        double[] present = new double[values.length];
        int size = 0;
        for (int i = 0; i < values.length; i++) {
            if (!Series.isAbsent(values[i])) {
                times[size] = grid.at(i);
                present[size++] = values[i];
            }
        }
        return new Result.Points(series.labels(), Arrays.copyOf(times, size), Arrays.copyOf(present, size));
    }

    private List<Result.Points> rawSamples(Expr expr) throws QueryException {
        List<Result.Points> all = new ArrayList<>();
        ranges(expr, root, (labels, dropName, samples, windows) -> {
            int from = firstAfter(samples, windows.ends()[0] - windows.range());
            int to = firstAfter(samples, windows.ends()[0]);
            if (to > from) {
                hold(to - from);
                all.add(new Result.Points(
                        dropName ? labels.withoutName() : labels,
                        Arrays.copyOfRange(samples.times(), from, to),
                        Arrays.copyOfRange(samples.values(), from, to)));
            }
        });
        all.sort((a, b) -> a.labels().compareTo(b.labels()));
        return all;
    }

    private static int firstAfter(SampleSource.Samples samples, long time) {
        int at = Arrays.binarySearch(samples.times(), 0, samples.size(), time);
        return at >= 0 ? at + 1 : -at - 1;
    }

    /** Counts samples that stay in memory. */
    void hold(long more) throws QueryException {
        held += more;
        if (held > options.maxSamples()) {
            throw QueryException.execution(
                    "query processing would load too many samples into memory in query execution");
        }
    }

    boolean delaysNameRemoval() {
        return options.has(Feature.DELAYED_NAME_REMOVAL);
    }

    /** A series made of another one, without its name at once or in the end. */
    Series renamed(Labels labels, boolean dropped, boolean drop, double[] values) {
        return delaysNameRemoval()
                ? new Series(labels, dropped || drop, values)
                : new Series(drop ? labels.withoutName() : labels, false, values);
    }

    static Expr unwrap(Expr expr) {
        return expr instanceof Expr.Paren paren ? unwrap(paren.expr()) : expr;
    }

    /** Hands over the series of an instant vector. */
    void eval(Expr expr, Grid grid, Sink sink) throws QueryException {
        source.check();
        if (expr instanceof Expr.Paren paren) {
            eval(paren.expr(), grid, sink);
        } else if (expr instanceof Expr.Vector vector) {
            selector(vector, grid, false, sink);
        } else if (expr instanceof Expr.Unary unary) {
            eval(unary.expr(), grid, series -> {
                double[] values = series.values().clone();
                for (int i = 0; i < values.length && unary.negative(); i++) {
                    values[i] = Series.isAbsent(values[i]) ? values[i] : -values[i];
                }
                sink.take(renamed(series.labels(), series.dropName(), unary.negative(), values));
            });
        } else if (expr instanceof Expr.Call call) {
            new Calls(this).eval(call, grid, sink);
        } else if (expr instanceof Expr.Aggregate aggregate) {
            new Aggregation(this, aggregate, grid).eval(sink);
        } else if (expr instanceof Expr.Binary binary) {
            new BinaryOperation(this, binary, grid).eval(sink);
        } else {
            throw QueryException.execution("no vector: " + expr.type().text());
        }
    }

    /** All series of an instant vector. */
    List<Series> collect(Expr expr, Grid grid) throws QueryException {
        List<Series> all = new ArrayList<>();
        eval(expr, grid, series -> {
            hold(series.values().length);
            all.add(series);
        });
        return all;
    }

    /** The values of a scalar at all times. */
    double[] scalar(Expr expr, Grid grid) throws QueryException {
        double[] values = new double[grid.size()];
        Expr inner = unwrap(expr);
        if (inner instanceof Expr.Num number) {
            Arrays.fill(values, number.value());
        } else if (inner instanceof Expr.Unary unary) {
            double[] operand = scalar(unary.expr(), grid);
            for (int i = 0; i < values.length; i++) {
                values[i] = unary.negative() ? -operand[i] : operand[i];
            }
        } else if (inner instanceof Expr.Binary binary) {
            double[] left = scalar(binary.left(), grid);
            double[] right = scalar(binary.right(), grid);
            for (int i = 0; i < values.length; i++) {
                values[i] = BinaryOperation.scalars(binary.op(), left[i], right[i]);
            }
        } else {
            return new Calls(this).scalar((Expr.Call) inner, grid);
        }
        return values;
    }

    /** When a selector looks, at each time of a grid. */
    private long[] times(Timing timing, Grid grid) {
        long offset = millis(timing.offset());
        long[] times = new long[grid.size()];
        for (int i = 0; i < times.length; i++) {
            long at = switch (timing.kind()) {
                case NONE -> grid.at(i);
                case TIME -> timing.at();
                case START -> root.start();
                case END -> root.end();
            };
            times[i] = at - offset;
        }
        return times;
    }

    private long millis(Expr.Duration duration) {
        if (duration instanceof Expr.Duration.Fixed fixed) {
            return fixed.millis();
        }
        return Math.round(duration.seconds(ofQuery("step"), ofQuery("range")) * 1000);
    }

    /** Step, range, start or end of the query, in seconds. */
    double ofQuery(String what) {
        long millis = switch (what) {
            case "start" -> root.start();
            case "end" -> root.end();
            case "range" -> root.end() - root.start();
            default -> root.size() == 1 && root.step() == 1 ? 0 : root.step();
        };
        return millis / 1000.0;
    }

    private long range(Expr.Duration duration, int at) throws QueryException {
        long range = millis(duration);
        if (range <= 0) {
            throw QueryException.execution("duration must be greater than 0");
        }
        return range;
    }

    /** @param timestamps whether the values are the times of the samples, in seconds */
    void selector(Expr.Vector vector, Grid grid, boolean timestamps, Sink sink) throws QueryException {
        long[] times = times(vector.timing(), grid);
        long lookback = options.lookbackMillis();
        source.read(vector.matchers(), times[0] - lookback + 1, times[times.length - 1], (labels, samples) -> {
            samplesRead += samples.size();
            double[] values = newest(samples, times, lookback, timestamps);
            if (values != null) {
                sink.take(new Series(labels, false, values));
            }
        });
    }

    private static double[] newest(SampleSource.Samples samples, long[] times, long lookback, boolean timestamps) {
        double[] values = Series.nothing(times.length);
        boolean any = false;
        int last = -1;
        for (int i = 0; i < times.length; i++) {
            while (last + 1 < samples.size() && samples.times()[last + 1] <= times[i]) {
                last++;
            }
            if (last >= 0 && samples.times()[last] > times[i] - lookback && !Series.isAbsent(samples.values()[last])) {
                values[i] = timestamps ? samples.times()[last] / 1000.0 : samples.values()[last];
                any = true;
            }
        }
        return any ? values : null;
    }

    /** Hands over the series of a range vector, each with the samples of all ranges, without stale markers. */
    void ranges(Expr expr, Grid grid, RangeSink sink) throws QueryException {
        Expr inner = unwrap(expr);
        if (inner instanceof Expr.Subquery subquery) {
            subquery(subquery, grid, sink);
            return;
        }
        Expr.Matrix matrix = (Expr.Matrix) inner;
        long[] ends = times(matrix.vector().timing(), grid);
        Windows windows = new Windows(ends, range(matrix.range(), matrix.from()));
        source.read(
                matrix.vector().matchers(), ends[0] - windows.range() + 1, ends[ends.length - 1], (labels, samples) -> {
                    samplesRead += samples.size();
                    sink.take(labels, false, withoutAbsent(samples), windows);
                });
    }

    private static SampleSource.Samples withoutAbsent(SampleSource.Samples samples) {
        int size = 0;
        while (size < samples.size() && !Series.isAbsent(samples.values()[size])) {
            size++;
        }
        if (size == samples.size()) {
            return samples;
        }
        long[] times = samples.times().clone();
        double[] values = samples.values().clone();
        for (int i = size; i < samples.size(); i++) {
            if (!Series.isAbsent(values[i])) {
                times[size] = times[i];
                values[size++] = values[i];
            }
        }
        return new SampleSource.Samples(times, values, size);
    }

    private void subquery(Expr.Subquery subquery, Grid grid, RangeSink sink) throws QueryException {
        long[] ends = times(subquery.timing(), grid);
        long range = range(subquery.range(), subquery.from());
        long step = subquery.step().isPresent() ? millis(subquery.step().get()) : options.subqueryStep();
        if (step <= 0) {
            throw QueryException.execution("duration must be greater than 0");
        }
        long first = Math.floorDiv(ends[0] - range, step) * step + step;
        long last = ends[ends.length - 1];
        if (last < first) {
            return;
        }
        if ((last - first) / step > options.maxSamples()) {
            throw QueryException.execution(
                    "query processing would load too many samples into memory in query execution");
        }
        Grid inner = new Grid(first, last, step);
        Windows windows = new Windows(ends, range);
        if (subquery.expr().type() == ValueType.SCALAR) {
            sink.take(Labels.EMPTY, false, samples(scalar(subquery.expr(), inner), inner), windows);
            return;
        }
        eval(
                subquery.expr(),
                inner,
                series -> sink.take(series.labels(), series.dropName(), samples(series.values(), inner), windows));
    }

    private static SampleSource.Samples samples(double[] values, Grid grid) {
        long[] times = new long[values.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = grid.at(i);
        }
        return withoutAbsent(new SampleSource.Samples(times, values, values.length));
    }

    /** Refuses series that have lost their name and are the same now. */
    static final class Distinct {
        private final Set<Labels> seen = new HashSet<>();

        void check(Series series) throws QueryException {
            if (!series.isEmpty() && !seen.add(series.labels())) {
                throw QueryException.execution("vector cannot contain metrics with the same labelset");
            }
        }
    }
}
