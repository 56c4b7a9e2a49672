/**
 * Results of performance tests: what a test driver's reporter inserts over HTTP, and what is projected from samples
 * whose series are labelled with a job and a phase. Depends on nothing that speaks HTTP. Called by {@code daemon}.
 * Begin with {@link io.promgres.perftest.ResultsEndpoint}.
 */
package io.promgres.perftest;
