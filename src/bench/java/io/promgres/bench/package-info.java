/**
 * The whole daemon, measured from outside: {@link io.promgres.bench.EndToEndBenchmark} starts a database, the packaged
 * daemon and a {@link io.promgres.bench.LoadGenerator}, each a process of its own, and compares what they do with
 * yardsticks on the same data. How to run it and how to read it: src/docs/performance.md.
 */
package io.promgres.bench;
