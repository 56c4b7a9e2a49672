/**
 * Benchmarks; {@link io.promgres.bench.Main} has a subcommand for each. The largest,
 * {@link io.promgres.bench.EndToEndBenchmark}, measures the whole daemon from outside: it starts a database, the packaged
 * daemon and a {@link io.promgres.bench.LoadGenerator}, each a process of its own, and compares what they do with
 * yardsticks on the same data. How to run them and how to read the results: src/docs/performance.md.
 */
package io.promgres.bench;
