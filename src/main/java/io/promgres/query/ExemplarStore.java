package io.promgres.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads exemplars. Of use for one connection. */
final class ExemplarStore {

    /** As many as a Prometheus keeps unless told otherwise. */
    static final int MOST = 100_000;

    private static final long EARLIEST = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
    private static final long LATEST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    private static final String SQL = """
            SELECT e.series_id, (extract(epoch FROM e.time) * 1000)::bigint, e.value,
                   ARRAY(SELECT u.text FROM jsonb_each_text(e.labels) l(name, value),
                         unnest(ARRAY[l.name, l.value]) WITH ORDINALITY u(text, n) ORDER BY l.name COLLATE "C", u.n)
            FROM prom_data.exemplar e
            WHERE e.series_id = ANY (?)
              AND e.time BETWEEN _prom_catalog.millis_to_time(?) AND _prom_catalog.millis_to_time(?)
            ORDER BY e.series_id, e.time, e.value
            LIMIT ?""";

    private final Connection connection;

    ExemplarStore(Connection connection) {
        this.connection = connection;
    }

    /**
     * @param labels its own: name, value, name, value, ... in order of the names
     * @param time milliseconds since the epoch
     */
    record Exemplar(String[] labels, double value, long time) {}

    /**
     * In order of their times, by the id of their series; a series without exemplars is not among them.
     *
     * @param from milliseconds since the epoch
     * @param to included
     * @throws QueryRefusedException if there are more than {@link #MOST}
     */
    Map<Long, List<Exemplar>> read(Collection<Long> series, long from, long to)
            throws SQLException, QueryRefusedException {
        Map<Long, List<Exemplar>> exemplars = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(SQL)) {
            select.setArray(1, connection.createArrayOf("int8", series.toArray()));
            select.setLong(2, Math.max(EARLIEST, from));
            select.setLong(3, Math.min(LATEST, to));
            select.setInt(4, MOST + 1);
            int read = 0;
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    if (++read > MOST) {
                        throw new QueryRefusedException(
                                ErrorType.EXECUTION,
                                "query would load more than " + MOST
                                        + " exemplars: ask for a shorter time or fewer series");
                    }
                    exemplars
                            .computeIfAbsent(rows.getLong(1), id -> new ArrayList<>())
                            .add(new Exemplar(
                                    (String[]) rows.getArray(4).getArray(), rows.getDouble(3), rows.getLong(2)));
                }
            }
        }
        return exemplars;
    }
}
