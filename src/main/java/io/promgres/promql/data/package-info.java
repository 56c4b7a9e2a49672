/** What the parser and the engine of PromQL work on: labels, matchers, series of samples, native histograms. */
package io.promgres.promql.data;
