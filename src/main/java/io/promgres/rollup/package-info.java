/** Rollups: what is packed, once more as a few numbers for each series and bucket of time; see rollups.md. */
package io.promgres.rollup;
