/**
 * The write path in SQL: pool, COPY into the landing table, merging, interning, views, and what each SQLSTATE means.
 * {@code ingest} calls it. Begin with {@link io.promgres.store.LandingWriter} and {@link
 * io.promgres.store.SeriesStore}.
 */
package io.promgres.store;
