package io.promgres.remoteread;

import io.promgres.tiers.StartTimes;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Reads the samples of series through the view of their metric, so from wherever they are stored, by a binary COPY: what is
 * not taken from the socket stays in the database, and a value is its 64 bits. Native histograms come from their table. Where
 * a series has a sample and a histogram of one time, which Prometheus does not allow, the sample is read.
 */
public final class SampleReader {

    private static final int SIGNATURE_BYTES = 19;
    private static final int INT = 4;

    /** The number of the series, the time, the value. */
    private static final int SAMPLE_FIELDS = 3;

    /** The length of a field that is NULL. */
    private static final int NULL = -1;

    private static final long EPOCH_2000_MILLIS = 946_684_800_000L;
    private static final int MICROS = 1000;

    /** 0001-01-01 to 9999-12-31, what can have been stored. */
    private static final long EARLIEST = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();

    private static final long LATEST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    private final Connection connection;
    private final boolean withStarts;

    public SampleReader(Connection connection) {
        this(connection, false);
    }

    /** @param withStarts whether the sink is told when series began to count */
    public SampleReader(Connection connection, boolean withStarts) {
        this.connection = connection;
        this.withStarts = withStarts;
    }

    /**
     * Hands over the samples within the range, both ends included.
     *
     * @param series of one metric, or of one view
     * @throws Exception of the database or the sink. The connection is of no use any more then: to cancel a COPY that the
     *     server has ended meanwhile leaves the driver out of step
     */
    public void read(List<SelectedSeries> series, long startMillis, long endMillis, SeriesSink sink) throws Exception {
        long start = Math.max(EARLIEST, startMillis);
        long end = Math.min(LATEST, endMillis);
        if (start > end) {
            return;
        }
        StartTimes starts = withStarts && series.get(0).view().isEmpty()
                ? StartTimes.of(
                        connection, series.stream().map(SelectedSeries::stored).toList())
                : StartTimes.NONE;
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql(series, start, end));
        Rows rows = new Rows(series, starts, sink);
        for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
            rows.read(ByteBuffer.wrap(message));
        }
        rows.end();
    }

    /**
     * The place of a series is found by a binary search in its ids. A join with them would be planned for the few rows that a view
     * is expected to have, and compare each sample with each series.
     */
    static String sql(List<SelectedSeries> series, long start, long end) throws SQLException {
        MetricView view = series.get(0)
                .view()
                .orElse(new MetricView("prom_metric", series.get(0).table(), "value"));
        String source = view.source();
        String value = "p." + view.valueColumn();
        String present = series.get(0).view().isPresent() ? " AND " + value + " IS NOT NULL" : "";
        Ids ids = Ids.of(series);
        String rows = series.get(0).hasHistograms()
                ? select(source, value + ", NULL::bytea", ids, start, end)
                        + " UNION ALL "
                        + select("prom_data.histogram", "NULL, p.body", ids, start, end)
                        + " ORDER BY 1, 2, 3"
                : select(source, value, ids, start, end) + present + " ORDER BY 1, 2";
        return "COPY (" + rows + ") TO STDOUT (FORMAT binary)";
    }

    /** Arrays of SQL: the ids in ascending order, and of each its place among the selected series, from 1. */
    private record Ids(String sorted, String places) {
        static Ids of(List<SelectedSeries> series) {
            List<Integer> order = IntStream.range(0, series.size())
                    .boxed()
                    .sorted(Comparator.comparingLong(i -> series.get(i).id()))
                    .toList();
            return new Ids(
                    order.stream()
                            .map(i -> series.get(i).id() + "")
                            .collect(Collectors.joining(",", "'{", "}'::bigint[]")),
                    order.stream().map(i -> i + 1 + "").collect(Collectors.joining(",", "('{", "}'::int[])")));
        }
    }

    private static String select(String source, String columns, Ids ids, long start, long end) {
        return """
                SELECT %s[width_bucket(p.series_id, %s)], p.time, %s
                FROM %s p
                WHERE p.series_id = ANY (%s) AND p.time >= '%s' AND p.time <= '%s'""".formatted(
                        ids.places(),
                        ids.sorted(),
                        columns,
                        source,
                        ids.sorted(),
                        Instant.ofEpochMilli(start),
                        Instant.ofEpochMilli(end));
    }

    /** The rows of a COPY, and which series they are at. */
    private static final class Rows {
        private final List<SelectedSeries> series;
        private final StartTimes starts;
        private final SeriesSink sink;
        private NavigableMap<Long, Long> startsOfSeries;
        private long start;
        private boolean signatureRead;
        private int current;
        private long lastTime;

        Rows(List<SelectedSeries> series, StartTimes starts, SeriesSink sink) {
            this.series = series;
            this.starts = starts;
            this.sink = sink;
        }

        void read(ByteBuffer message) throws Exception {
            if (!signatureRead) {
                message.position(SIGNATURE_BYTES);
                signatureRead = true;
            }
            while (message.remaining() > 2) {
                // The number of fields; -1 ends the data.
                int fields = message.getShort();
                if (fields < 0) {
                    return;
                }
                message.position(message.position() + INT);
                begin(message.getInt());
                message.position(message.position() + INT);
                long time = Math.floorDiv(message.getLong(), MICROS) + EPOCH_2000_MILLIS;
                readPoint(time, fields > SAMPLE_FIELDS, message);
            }
        }

        private void readPoint(long time, boolean mayBeHistogram, ByteBuffer message) throws Exception {
            if (message.getInt() != NULL) {
                if (!startsOfSeries.isEmpty()) {
                    tellStart(time);
                }
                sink.sample(time, message.getLong());
                message.position(message.position() + (mayBeHistogram ? INT : 0));
            } else {
                byte[] body = new byte[message.getInt()];
                message.get(body);
                if (time != lastTime) {
                    sink.histogram(time, body);
                }
            }
            lastTime = time;
        }

        private void tellStart(long time) throws Exception {
            Map.Entry<Long, Long> latest = startsOfSeries.floorEntry(time);
            long next = latest == null ? 0 : latest.getValue();
            if (next != start) {
                sink.start(next);
                start = next;
            }
        }

        private void begin(int number) throws Exception {
            if (number != current) {
                end();
                current = number;
                lastTime = Long.MIN_VALUE;
                startsOfSeries = starts.of(series.get(number - 1).id());
                start = 0;
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
