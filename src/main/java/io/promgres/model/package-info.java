/**
 * What packages hand to each other: label sets, batches of samples, rows of the landing table, addresses of series.
 * Immutable, or plainly a buffer. Depends on nothing of promgres. Every package may use it. Begin with {@link
 * io.promgres.model.SampleBatch}.
 */
package io.promgres.model;
