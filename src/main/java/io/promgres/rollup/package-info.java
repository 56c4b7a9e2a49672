/**
 * Rollups: what is packed, once more as a few numbers for each series and bucket of time;
 * see rollups.md. Called by {@code maintenance}. Begin with {@link
 * io.promgres.rollup.Rollups}.
 */
package io.promgres.rollup;
