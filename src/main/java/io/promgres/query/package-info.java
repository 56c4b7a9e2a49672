/**
 * Prometheus' HTTP API for queries: parameters, errors, JSON, limits, and what is asked of the catalog. It evaluates nothing
 * itself.
 */
package io.promgres.query;
