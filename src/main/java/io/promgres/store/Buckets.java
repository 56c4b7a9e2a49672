package io.promgres.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Whether the tables of a database are distributed, by a column {@code bucket}: what belongs to a target is in one. The ids of
 * series have it in their highest bits, those of groups and of time vectors in their lowest. Asked once. Thread-safe.
 */
public final class Buckets {

    /** There are so many. */
    public static final int COUNT = 1 << 10;

    private static final int SERIES_BITS = 43;
    private static final int ID_BITS = 10;

    private volatile Boolean used;

    /** Whether rows have a bucket. */
    public boolean used(Connection connection) throws SQLException {
        if (used == null) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT EXISTS (SELECT FROM _prom_catalog.setting WHERE key = 'cluster')")) {
                row.next();
                used = row.getBoolean(1);
            }
        }
        return used;
    }

    /** The bucket of a group or of a time vector. */
    public static int ofId(long id) {
        return (int) (id & COUNT - 1);
    }

    /**
     * The id of a time vector.
     *
     * @param number that no other has
     */
    public static long id(long number, int bucket) {
        return number << ID_BITS | bucket;
    }

    /**
     * The id of a series.
     *
     * @param fingerprint of all its labels
     * @param target fingerprint of those that say which target it is of
     */
    static long seriesId(long fingerprint, long target) {
        return (target & COUNT - 1) << SERIES_BITS | Math.max(1, fingerprint & (1L << SERIES_BITS) - 1);
    }
}
