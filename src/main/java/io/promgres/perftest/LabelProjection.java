package io.promgres.perftest;

import io.promgres.model.LabelSet;
import io.promgres.model.LandingRows;
import io.promgres.model.SeriesAddress;
import io.promgres.store.WriteObserver;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import javax.sql.DataSource;

/**
 * Projects samples whose series carry a job and a phase into the tables of results. A flush notes which of these series
 * it wrote, in its own transaction; {@link #project} does the rest later, from the stored samples.
 *
 * <p>Thread-safe: the interner tells of series, the flusher of rows, and another thread projects.
 */
public final class LabelProjection implements WriteObserver {

    private static final String JOB = "perf_test_jid";
    private static final String PHASE = "perf_test_pid";

    private static final String NOTE = """
            INSERT INTO _metric_data.touched (series_id, lower, upper)
            SELECT s.id, to_timestamp(u.lower / 1000.0), to_timestamp(u.upper / 1000.0)
            FROM unnest(?::bigint[], ?::smallint[], ?::bigint[], ?::bigint[]) u(group_id, slot, lower, upper)
            JOIN _prom_catalog.series s ON s.group_id = u.group_id AND s.slot = u.slot""";

    // A view of a new metric that a reader holds on to is made within minutes.
    private static final long EXPECTS_NANOS = Duration.ofMinutes(2).toNanos();

    private final DataSource database;
    private final AtomicReference<Long> noted = new AtomicReference<>();
    private volatile Runnable onNote = () -> {};

    // For each group with labelled series a bit for each slot that one has, slot 1 lowest.
    private final Map<Long, Long> labelled = new ConcurrentHashMap<>();

    /** @param database for {@link #project}; flushes bring their own connection */
    public LabelProjection(DataSource database) {
        this.database = database;
    }

    @Override
    public void interned(List<LabelSet> series, long[] addresses) {
        for (int i = 0; i < addresses.length; i++) {
            if (addresses[i] != SeriesAddress.UNKNOWN) {
                mark(addresses[i], isLabelled(series.get(i)));
            }
        }
    }

    private static boolean isLabelled(LabelSet labels) {
        return !labels.value(JOB).isEmpty() && !labels.value(PHASE).isEmpty();
    }

    private void mark(long address, boolean isLabelled) {
        long slot = 1L << SeriesAddress.slot(address) - 1;
        labelled.compute(SeriesAddress.group(address), (group, before) -> {
            long slots = before == null ? 0 : before;
            slots = isLabelled ? slots | slot : slots & ~slot;
            return slots == 0 ? null : (Long) slots;
        });
    }

    @Override
    public void written(Connection connection, LandingRows rows, LongPredicate times) throws SQLException {
        if (labelled.isEmpty()) {
            return;
        }
        Map<Long, Range> touched = touched(rows, times);
        if (!touched.isEmpty()) {
            note(connection, touched);
            noted.set(System.nanoTime());
            onNote.run();
        }
    }

    /** The times of the labelled series' samples, by address. */
    private Map<Long, Range> touched(LandingRows rows, LongPredicate times) {
        Map<Long, Range> touched = new TreeMap<>();
        for (int row = 0; row < rows.size(); row++) {
            long group = rows.group(row);
            long slots = times.test(rows.time(row)) ? labelled.getOrDefault(group, 0L) : 0;
            for (long left = slots; left != 0; left &= left - 1) {
                int slot = Long.numberOfTrailingZeros(left) + 1;
                if (rows.has(row, slot)) {
                    long time = rows.time(row);
                    touched.merge(SeriesAddress.of(group, slot), new Range(time, time), Range::union);
                }
            }
        }
        return touched;
    }

    private static void note(Connection connection, Map<Long, Range> touched) throws SQLException {
        Object[] groups = touched.keySet().stream().map(SeriesAddress::group).toArray();
        Object[] slots = touched.keySet().stream().map(SeriesAddress::slot).toArray();
        Object[] lowers = touched.values().stream().map(Range::lower).toArray();
        Object[] uppers = touched.values().stream().map(Range::upper).toArray();
        try (PreparedStatement statement = connection.prepareStatement(NOTE)) {
            statement.setArray(1, connection.createArrayOf("int8", groups));
            statement.setArray(2, connection.createArrayOf("int2", slots));
            statement.setArray(3, connection.createArrayOf("int8", lowers));
            statement.setArray(4, connection.createArrayOf("int8", uppers));
            statement.executeUpdate();
        }
    }

    /** @param watch told when something has been noted, which is committed soon: it calls {@link #projectSoon} */
    public void watchedBy(Runnable watch) {
        onNote = watch;
    }

    /**
     * As {@link #project}.
     *
     * @return whether flushes of this daemon have noted something lately, so that there may be more soon. Other daemons project
     *     what they note themselves
     */
    public boolean projectSoon() throws SQLException {
        project();
        Long last = noted.get();
        return last != null && System.nanoTime() - last < EXPECTS_NANOS;
    }

    /**
     * Projects what has been noted since the last time, by this daemon or by another one.
     *
     * @return how many values were added
     * @throws SQLException if nothing was: it stays noted
     */
    public long project() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("SELECT _metric_data.project_touched()");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Milliseconds since the epoch, both inclusive. */
    private record Range(long lower, long upper) {

        Range union(Range other) {
            return new Range(Math.min(lower, other.lower), Math.max(upper, other.upper));
        }
    }
}
