/**
 * PromQL without SQL and without HTTP: text and arrays in, values out. {@code data} has labels, matchers, samples and the
 * {@link io.promgres.promql.data.SampleSource} they come from; {@code syntax} reads, checks and prints expressions;
 * {@code engine} evaluates them. The definition is Prometheus 3.14; begin with {@link io.promgres.promql.engine.Engine}.
 */
package io.promgres.promql;
