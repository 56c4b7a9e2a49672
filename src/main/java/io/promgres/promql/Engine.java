package io.promgres.promql;

import java.util.Set;

/** Evaluates expressions. Immutable. */
public final class Engine {

    private static final long DEFAULT_SUBQUERY_STEP = 60_000;

    private final Options options;

    /**
     * What holds unless a query asks for something else.
     *
     * @param lookbackMillis how old a sample may be to be a value
     * @param maxSamples that a query may have in memory
     */
    public record Options(long lookbackMillis, long maxSamples, Set<Feature> features) {

        public Options {
            features = Set.copyOf(features);
        }

        public Options withLookback(long millis) {
            return new Options(millis, maxSamples, features);
        }

        boolean has(Feature feature) {
            return features.contains(feature);
        }

        long subqueryStep() {
            return DEFAULT_SUBQUERY_STEP;
        }
    }

    public Engine(Options options) {
        this.options = options;
    }

    /**
     * The value at a time.
     *
     * @param time milliseconds since the epoch
     */
    public Result instant(String text, long time, SampleSource source) throws QueryException {
        Expr expr = Parser.parse(text, options.features());
        return new Evaluation(text, new Grid(time, time, 1), options, source).instant(expr);
    }

    /** The values from a time to a time, in steps; all in milliseconds. */
    public Result range(String text, long start, long end, long step, SampleSource source) throws QueryException {
        Expr expr = Parser.parse(text, options.features());
        if (expr.type() != ValueType.SCALAR && expr.type() != ValueType.VECTOR) {
            throw new QueryException(
                    QueryException.Kind.PARSE,
                    "invalid expression type " + Text.quote(expr.type().text())
                            + " for range query, must be Scalar or instant Vector");
        }
        return new Evaluation(text, new Grid(start, end, step), options, source).range(expr);
    }
}
