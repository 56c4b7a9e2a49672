package io.promgres.config;

import java.time.Duration;

/** Queries in PromQL. */
public record Promql(
        @Setting(
                value = "none",
                meaning = {
                    "Features of PromQL that Prometheus has switched off as well unless told otherwise, by its names,",
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
                    "How old the sample of a series may be that an expression takes for its value at a time;",
                    "a query may ask for another age by lookback_delta."
                })
        Duration lookbackDelta,

        @Setting(
                value = "2m",
                min = "10ms",
                max = "1d",
                meaning = "How long a query may take; then it is answered 503. A query may ask for less by timeout.")
        Duration timeout,

        @Setting(
                value = "50000000",
                min = "1",
                meaning =
                        "Most samples that a query may have in memory at one time; one that needs more is answered 422.")
        int maxSamples,

        @Setting(
                value = "4",
                min = "1",
                max = "100",
                meaning = {
                    "Queries that are answered at one time, each on a connection to the database of its own;",
                    "the others wait. Ingest has connections of its own."
                })
        int maxConcurrency) {}
