package io.promgres.packing;

import io.promgres.store.ViewFunction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Makes the views of metrics anew before runs with holes are packed, which other views do not look for and do not pay for. It
 * gives way to readers. Not thread-safe: for the maintenance thread.
 */
final class PackedViews {

    /** New readers wait as well while this waits for those that are at it. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final DataSource database;
    private long pauseFrom = System.nanoTime() - PAUSE_NANOS;

    PackedViews(DataSource database) {
        this.database = database;
    }

    /** Packs or joins something in a transaction of its own. */
    @FunctionalInterface
    interface Attempt<T> {
        /** @param holes whether runs may have holes */
        T run(boolean holes) throws SQLException, PackingMismatchException, OutdatedViewException;
    }

    /**
     * Tries again once views look at holes, as often as there are further metrics whose views do not: what comes late in between
     * may have holes. Without holes where a reader holds on to a view.
     */
    <T> T withHoles(Attempt<T> attempt) throws SQLException, PackingMismatchException {
        boolean holes = true;
        while (true) {
            try {
                return attempt.run(holes);
            } catch (OutdatedViewException e) {
                holes = showHoles(e.metricIds());
            }
        }
    }

    /** Sees to it that views look at holes; false if a reader holds on to one of them, and nothing is tried for a while. */
    private boolean showHoles(Set<Integer> metricIds) throws SQLException {
        if (System.nanoTime() - pauseFrom < PAUSE_NANOS) {
            return false;
        }
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            for (Integer metricId : metricIds) {
                if (!ViewFunction.SHOW_HOLES.callFor(connection, List.of(metricId), PATIENCE)) {
                    pauseFrom = System.nanoTime();
                    return false;
                }
            }
            return true;
        }
    }
}
