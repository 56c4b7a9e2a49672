package io.promgres.remoteread;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.postgresql.core.Utils;

/**
 * Reads the samples of series through the view of their metric, so from wherever they are stored, by a binary COPY: what is
 * not taken from the socket stays in the database, and a value is its 64 bits.
 */
final class SampleReader {

    private static final int SIGNATURE_BYTES = 19;
    private static final int INT = 4;
    private static final long EPOCH_2000_MILLIS = 946_684_800_000L;
    private static final int MICROS = 1000;

    /** 0001-01-01 to 9999-12-31, what can have been stored. */
    private static final long EARLIEST = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();

    private static final long LATEST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    private final Connection connection;

    SampleReader(Connection connection) {
        this.connection = connection;
    }

    /**
     * Hands over the samples within the range, both ends included.
     *
     * @param series of one metric
     * @throws Exception of the database or the sink. The connection is of no use any more then: to cancel a COPY that the
     *     server has ended meanwhile leaves the driver out of step
     */
    void read(List<SelectedSeries> series, long startMillis, long endMillis, SeriesSink sink) throws Exception {
        long start = Math.max(EARLIEST, startMillis);
        long end = Math.min(LATEST, endMillis);
        if (start > end) {
            return;
        }
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql(series, start, end));
        Rows rows = new Rows(series, sink);
        for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
            rows.read(ByteBuffer.wrap(message));
        }
        rows.end();
    }

    private static String sql(List<SelectedSeries> series, long start, long end) throws SQLException {
        StringBuilder ids = new StringBuilder("'{");
        for (SelectedSeries one : series) {
            ids.append(ids.length() == 2 ? "" : ",").append(one.id());
        }
        ids.append("}'::bigint[]");
        return """
                COPY (
                    SELECT o.n::int, m.time, m.value
                    FROM prom_metric.%s m
                    JOIN unnest(%s) WITH ORDINALITY o(id, n) ON o.id = m.series_id
                    WHERE m.series_id = ANY (%s) AND m.time >= '%s' AND m.time <= '%s'
                    ORDER BY o.n, m.time
                ) TO STDOUT (FORMAT binary)""".formatted(
                        Utils.escapeIdentifier(null, series.get(0).table()),
                        ids,
                        ids,
                        Instant.ofEpochMilli(start),
                        Instant.ofEpochMilli(end));
    }

    /** The rows of a COPY, and which series they are at. */
    private static final class Rows {
        private final List<SelectedSeries> series;
        private final SeriesSink sink;
        private boolean signatureRead;
        private int current;

        Rows(List<SelectedSeries> series, SeriesSink sink) {
            this.series = series;
            this.sink = sink;
        }

        void read(ByteBuffer message) throws Exception {
            if (!signatureRead) {
                message.position(SIGNATURE_BYTES);
                signatureRead = true;
            }
            // The number of fields; -1 ends the data.
            while (message.remaining() > 2 && message.getShort() > 0) {
                message.position(message.position() + INT);
                begin(message.getInt());
                message.position(message.position() + INT);
                long time = Math.floorDiv(message.getLong(), MICROS) + EPOCH_2000_MILLIS;
                message.position(message.position() + INT);
                sink.sample(time, message.getLong());
            }
        }

        private void begin(int number) throws Exception {
            if (number != current) {
                end();
                current = number;
                sink.beginSeries(series.get(number - 1).labels());
            }
        }

        void end() throws Exception {
            if (current > 0) {
                sink.endSeries();
            }
        }
    }
}
