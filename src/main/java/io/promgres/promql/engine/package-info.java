/**
 * Evaluates expressions as Prometheus 3.14 does: each operator works on the whole grid of steps of a series at a time.
 * {@link io.promgres.promql.engine.Engine} is the entrance, {@link io.promgres.promql.engine.Evaluator} walks the expression.
 */
package io.promgres.promql.engine;
