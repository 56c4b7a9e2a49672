package io.promgres.observe;

/**
 * How much a database holds; numbers above a million are PostgreSQL's estimates.
 *
 * @param series in the catalog
 * @param metrics in the catalog
 * @param openPartitions of the landing table that take samples
 * @param sealedPartitions of the landing table that are being packed
 * @param packedBlocks blocks of time of a metric that are packed
 * @param bytes of the database, all of it
 * @param idleBlocks since the last run of packing should have been repeated, in lengths of a block; 0 if it is switched off
 */
public record StoredState(
        long series,
        long metrics,
        long openPartitions,
        long sealedPartitions,
        long packedBlocks,
        long bytes,
        double idleBlocks) {

    /** Before the database was looked at. */
    public static final StoredState NOTHING = new StoredState(0, 0, 0, 0, 0, 0, 0);
}
