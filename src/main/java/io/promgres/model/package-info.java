/**
 * What packages hand to each other: label sets, batches of samples, rows of the landing table, addresses of series.
 * Immutable, or plainly a buffer. Depends on nothing of promgres.
 */
package io.promgres.model;
