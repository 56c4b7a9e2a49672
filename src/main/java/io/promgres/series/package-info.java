/**
 * What the daemon knows without asking the database: addresses of series by the bytes of their labels, symbols of
 * remote write 2.0, stored metadata and starts, and which addresses were withdrawn. Begin with {@link
 * io.promgres.series.SeriesCache}.
 */
package io.promgres.series;
