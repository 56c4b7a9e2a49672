package io.promgres.config;

import java.time.Duration;

/** Queries in PromQL. */
public record Promql(
        @Setting(
                value = "none",
                meaning = {
                    "Features of PromQL that are off by default in Prometheus too, by Prometheus' names,",
                    "separated by commas: promql-experimental-functions, promql-duration-expr,",
                    "promql-delayed-name-removal, promql-extended-range-selectors, promql-binop-fill-modifiers,",
                    "use-start-timestamps. all: all of these. none: none of them."
                })
        PromqlFeatures features,

        @Setting(
                value = "5m",
                min = "1s",
                max = "365d",
                meaning = {
                    "Maximum age of the sample that an expression takes as the value of a series at a time;",
                    "a query may ask for another one by lookback_delta."
                })
        Duration lookbackDelta,

        @Setting(
                value = "2m",
                min = "10ms",
                max = "1d",
                meaning = "Maximum duration of a query; then it is answered 503. A query may ask for less by timeout.")
        Duration timeout,

        @Setting(
                value = "50000000",
                min = "1",
                meaning = "Maximum number of samples that a query may hold in memory; above it the answer is 422.")
        int maxSamples,

        @Setting(
                value = "4",
                min = "1",
                max = "100",
                meaning = {
                    "Number of queries that are answered in parallel, each on its own connection to the database;",
                    "the others wait. Ingest has connections of its own."
                })
        int maxConcurrency,

        @Setting(
                value = "none",
                meaning = {
                    "Databases of other promgres that have other targets, by their URIs as in db, separated by blanks: what the query",
                    "API answers then is of all. The role has to be in prom_reader. none: this daemon's database alone."
                })
        DatabaseList shares) {}
