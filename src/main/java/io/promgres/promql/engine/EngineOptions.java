package io.promgres.promql.engine;

import io.promgres.promql.syntax.ParserOptions;

/**
 * How an engine behaves; the features have the names and the defaults of Prometheus' flags.
 *
 * @param lookback how far an instant selector looks back, in milliseconds
 * @param maxSamples how many samples a query may hold at one time
 * @param timeoutMillis after which a query ends
 * @param subqueryStep the step of a subquery that names none, in milliseconds
 * @param parser which experimental parts of the language are there
 * @param delayedNameRemoval whether names of metrics are dropped at the end, and not by each function
 * @param startTimestamps whether start timestamps of samples tell resets
 * @param typeAndUnitLabels whether the label __type__ says what a counter is
 */
public record EngineOptions(
        long lookback,
        long maxSamples,
        long timeoutMillis,
        long subqueryStep,
        ParserOptions parser,
        boolean delayedNameRemoval,
        boolean startTimestamps,
        boolean typeAndUnitLabels) {

    public static final EngineOptions DEFAULT =
            new EngineOptions(300_000, 50_000_000, 120_000, 60_000, ParserOptions.NONE, false, false, false);

    public EngineOptions withLookback(long millis) {
        return new EngineOptions(
                millis,
                maxSamples,
                timeoutMillis,
                subqueryStep,
                parser,
                delayedNameRemoval,
                startTimestamps,
                typeAndUnitLabels);
    }

    public EngineOptions withTimeout(long millis) {
        return new EngineOptions(
                lookback,
                maxSamples,
                millis,
                subqueryStep,
                parser,
                delayedNameRemoval,
                startTimestamps,
                typeAndUnitLabels);
    }
}
