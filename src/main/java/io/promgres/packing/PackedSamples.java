package io.promgres.packing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;

/**
 * What is packed of series of one metric.
 *
 * @param table of the metric, quoted
 * @param series all samples that they have from {@code from} to {@code to}, and maybe some beyond
 * @param from milliseconds since the epoch
 * @param to exclusive
 */
public record PackedSamples(int metricId, String table, Map<Long, Samples> series, long from, long to) {

    /**
     * The same of a longer time, for which the packed tier is read.
     *
     * @param connection of the transaction that has packed these samples
     */
    public PackedSamples widened(Connection connection, long wideFrom, long wideTo) throws SQLException {
        if (wideFrom >= from && wideTo <= to) {
            return this;
        }
        return read(connection, new Table(metricId, table), series.keySet(), wideFrom, wideTo);
    }

    /**
     * A metric with something packed.
     *
     * @param name quoted
     */
    public record Table(int metricId, String name) {}

    /** Reads them. */
    public static PackedSamples read(Connection connection, Table table, Collection<Long> seriesIds, long from, long to)
            throws SQLException {
        Map<Long, Samples> all = new PackedStore(connection).read(table.name(), seriesIds, from, to);
        return new PackedSamples(table.metricId(), table.name(), all, from, to);
    }
}
