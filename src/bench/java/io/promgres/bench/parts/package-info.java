/**
 * Parts of the daemon on a PostgreSQL of their own, in one JVM, without HTTP: the write path
 * ({@link io.promgres.bench.parts.WritePathBenchmark}, a class for each {@link io.promgres.bench.parts.WriteWorkload}), packing
 * ({@link io.promgres.bench.parts.PackingBenchmark}, {@link io.promgres.bench.parts.ShapesBenchmark}) and the SQL interface
 * ({@link io.promgres.bench.parts.QueriesBenchmark}). {@link io.promgres.bench.Main} runs them.
 */
package io.promgres.bench.parts;
