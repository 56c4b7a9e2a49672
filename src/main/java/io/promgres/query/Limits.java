package io.promgres.query;

import java.time.Duration;

/**
 * What a query may cost unless it asks for less.
 *
 * @param timeout from its begin to its answer
 * @param lookback how old a sample may be to be a value
 * @param maxSamples in memory at one time
 */
public record Limits(Duration timeout, Duration lookback, int maxSamples) {}
