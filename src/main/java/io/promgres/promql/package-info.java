/**
 * PromQL: text and samples in, values out. Knows neither SQL nor HTTP; where samples are, is behind {@link
 * io.promgres.promql.SampleSource}.
 */
package io.promgres.promql;
