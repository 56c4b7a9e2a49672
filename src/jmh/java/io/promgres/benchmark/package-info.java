/**
 * The write path against a real PostgreSQL, compared with the ways in which PostgreSQL takes rows otherwise. One class for
 * each {@link io.promgres.benchmark.Workload}; {@link io.promgres.benchmark.WritePathBenchmark} has the list, and runs it.
 */
package io.promgres.benchmark;
