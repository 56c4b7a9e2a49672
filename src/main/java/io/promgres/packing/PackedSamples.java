package io.promgres.packing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;

/**
 * What is packed of series of one metric.
 *
 * @param series all samples that they have from {@code from} to {@code to}, and maybe some beyond
 * @param from milliseconds since the epoch
 * @param to exclusive
 */
public record PackedSamples(int metricId, Map<Long, Samples> series, long from, long to) {

    /**
     * The same of a longer time, for which the packed tier is read.
     *
     * @param connection of the transaction that has packed these samples
     */
    public PackedSamples widened(Connection connection, long wideFrom, long wideTo) throws SQLException {
        if (wideFrom >= from && wideTo <= to) {
            return this;
        }
        return read(connection, metricId, series.keySet(), wideFrom, wideTo);
    }

    /** Reads them. */
    public static PackedSamples read(
            Connection connection, int metricId, Collection<Long> seriesIds, long from, long to) throws SQLException {
        Map<Long, Samples> all = new PackedStore(connection).read(metricId, seriesIds, from, to);
        return new PackedSamples(metricId, all, from, to);
    }
}
