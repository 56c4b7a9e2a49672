package io.promgres.ingest;

import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import io.promgres.store.SeriesStore;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Lets a batch of series through to the database as far as the {@link SeriesLimits} go: a series that the database has is
 * always let through, of the others as many as there is room for. While a whole batch has room, this costs nothing;
 * only then is the database asked which series it has.
 *
 * <p>The number in all is counted now and then and carried on in between: other daemons on the same database may go over
 * it for that time. Thread-safe.
 */
final class SeriesBudget {

    /** What retention removes and other daemons add is noticed after this. */
    private static final long COUNTED_FOR_NANOS = 600_000_000_000L;

    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final SeriesStore store;
    private final LongSupplier nanoTime;
    private volatile SeriesLimits limits;
    private long total = -1;
    private long countedAt;
    private long minuteBegan;
    private long inMinute;

    SeriesBudget(SeriesStore store, SeriesLimits limits, LongSupplier nanoTime) {
        this.store = store;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.minuteBegan = nanoTime.getAsLong();
    }

    /**
     * What became of a batch.
     *
     * @param admitted to be interned
     * @param refused that the database does not have, and is not to get
     * @param reason why they are refused; null if none is
     * @param why the same in words, with the limit
     */
    record Decision(List<LabelSet> admitted, List<LabelSet> refused, Reason reason, String why) {}

    void limit(SeriesLimits others) {
        limits = others;
    }

    /** @throws SQLException the database does not say what it has */
    synchronized Decision decide(List<LabelSet> series) throws SQLException {
        SeriesLimits now = limits;
        if (now.areNone()) {
            return all(series);
        }
        refresh(now);
        long roomInAll = now.total() == 0 ? Long.MAX_VALUE : Math.max(0, now.total() - total);
        long roomInMinute = now.newPerMinute() == 0 ? Long.MAX_VALUE : Math.max(0, now.newPerMinute() - inMinute);
        long room = Math.min(roomInAll, roomInMinute);
        if (series.size() <= room) {
            return all(series);
        }
        return roomInAll <= roomInMinute
                ? split(
                        series,
                        room,
                        Reason.TOO_MANY_SERIES,
                        "the database has the most series it may have, " + now.total())
                : split(
                        series,
                        room,
                        Reason.TOO_MANY_NEW_SERIES,
                        "there were " + now.newPerMinute() + " new series within a minute, which is the limit");
    }

    /** So many series were new to the database. */
    synchronized void created(int series) {
        total += series;
        inMinute += series;
    }

    private static Decision all(List<LabelSet> series) {
        return new Decision(series, List.of(), null, "");
    }

    private Decision split(List<LabelSet> series, long room, Reason reason, String why) throws SQLException {
        Set<LabelSet> known = store.known(series);
        List<LabelSet> admitted = new ArrayList<>();
        List<LabelSet> refused = new ArrayList<>();
        long left = room;
        for (LabelSet one : series) {
            if (known.contains(one)) {
                admitted.add(one);
            } else if (left > 0) {
                left--;
                admitted.add(one);
            } else {
                refused.add(one);
            }
        }
        return new Decision(admitted, refused, refused.isEmpty() ? null : reason, why);
    }

    private void refresh(SeriesLimits now) throws SQLException {
        long time = nanoTime.getAsLong();
        if (time - minuteBegan >= MINUTE_NANOS) {
            minuteBegan = time;
            inMinute = 0;
        }
        if (now.total() > 0 && (total < 0 || time - countedAt >= COUNTED_FOR_NANOS)) {
            total = store.count();
            countedAt = time;
        }
    }
}
