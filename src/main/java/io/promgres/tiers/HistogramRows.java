package io.promgres.tiers;

import io.promgres.packing.CopyReader;
import io.promgres.store.CopyBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** Reads the native histograms of series, and of each the last one before, which tells whether the first has been reset. */
final class HistogramRows {

    private final Connection connection;

    HistogramRows(Connection connection) {
        this.connection = connection;
    }

    /** @param metrics ids of those that have native histograms */
    void read(Batch batch, Set<Integer> metrics) throws SQLException {
        List<StoredSeries> series = batch.members().stream()
                .map(Batch.Member::series)
                .filter(one -> metrics.contains(one.metricId()))
                .toList();
        if (series.isEmpty()) {
            return;
        }
        String ids = Sql.array(series.stream().mapToLong(StoredSeries::id), "bigint");
        String from = Sql.time(batch.from());
        String before =
                "SELECT h.series_id, h.time, h.body FROM _prom_catalog.last_histograms(" + ids + ", " + from + ") h";
        String within = "SELECT h.series_id, h.time, h.body FROM prom_data.histogram h WHERE h.series_id = ANY (" + ids
                + ") AND h.time BETWEEN " + from + " AND " + Sql.time(batch.to()) + " ORDER BY h.series_id, h.time";
        read(batch, before);
        read(batch, within);
    }

    private void read(Batch batch, String sql) throws SQLException {
        CopyReader.read(connection, sql, row -> {
            Batch.Member member = batch.member(CopyReader.fieldLong(row));
            long time = CopyBuffer.millis(CopyReader.fieldLong(row));
            byte[] body = new byte[row.getInt()];
            row.get(body);
            member.histograms().add(new StoredHistogram(time, body));
        });
    }
}
