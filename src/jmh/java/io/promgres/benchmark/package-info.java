/**
 * Benchmarks of the product's classes on a PostgreSQL of their own, without HTTP and without a daemon: the write path
 * ({@link io.promgres.benchmark.WritePathBenchmark}, a class for each {@link io.promgres.benchmark.WriteWorkload}), packing
 * ({@link io.promgres.benchmark.PackingBenchmark}, {@link io.promgres.benchmark.ShapesBenchmark}) and the SQL interface
 * ({@link io.promgres.benchmark.QueriesBenchmark}). The daemon from outside is measured in {@code io.promgres.bench}.
 */
package io.promgres.benchmark;
