package io.promgres.tiers;

import io.promgres.packing.CopyReader;
import io.promgres.store.CopyBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Reads the native histograms of series. */
final class HistogramRows {

    private final Connection connection;

    HistogramRows(Connection connection) {
        this.connection = connection;
    }

    void read(Batch batch) throws SQLException {
        List<StoredSeries> series = batch.members().stream()
                .map(Batch.Member::series)
                .filter(StoredSeries::hasHistograms)
                .toList();
        if (series.isEmpty()) {
            return;
        }
        String sql = "SELECT h.series_id, h.time, h.body FROM prom_data.histogram h WHERE h.series_id = ANY ("
                + Sql.array(series.stream().mapToLong(StoredSeries::id), "bigint") + ") AND h.time BETWEEN "
                + Sql.time(batch.from()) + " AND " + Sql.time(batch.to()) + " ORDER BY h.series_id, h.time";
        CopyReader.read(connection, sql, row -> {
            Batch.Member member = batch.member(CopyReader.fieldLong(row));
            long time = CopyBuffer.millis(CopyReader.fieldLong(row));
            byte[] body = new byte[row.getInt()];
            row.get(body);
            member.histograms().add(new StoredHistogram(time, body));
        });
    }
}
