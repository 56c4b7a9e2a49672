/**
 * Prometheus' HTTP API for queries: parameters, errors, JSON, limits, and what is asked of the catalog. It
 * evaluates nothing itself. Called by {@code daemon} and {@code cli}. Begin with {@link
 * io.promgres.query.ExpressionApi}.
 */
package io.promgres.query;
