package io.promgres.packing;

import io.promgres.store.ViewFunction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Makes the views of metrics anew before something is packed that they do not look at: packed samples at all, runs with
 * holes. Others do not pay for it. It gives way to readers. Not thread-safe: for the maintenance thread.
 */
final class PackedViews {

    // New readers wait as well while this waits for those that are at it.
    private static final Duration BRIEF = Duration.ofMillis(10);
    private static final Duration PATIENT = Duration.ofMillis(250);
    private static final Duration FOR_HOLES = Duration.ofSeconds(1);

    /** Metrics of a transaction, whose views are locked until its end. */
    private static final int AT_ONCE = 10;

    /** After so many, the others are not tried: a dump holds on to all views, for an hour perhaps. */
    private static final int MOST_HELD = 20;

    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final DataSource database;
    private long pauseFrom = System.nanoTime() - PAUSE_NANOS;

    PackedViews(DataSource database) {
        this.database = database;
    }

    /**
     * Sees to it that views look at packed samples.
     *
     * @return the metrics whose views do not: a reader holds on to them
     */
    Set<Integer> show(Set<Integer> metricIds) throws SQLException {
        Set<Integer> held = new HashSet<>();
        try (Connection connection = database.getConnection()) {
            List<Integer> hidden = hidden(connection, metricIds);
            connection.setAutoCommit(false);
            for (int from = 0; from < hidden.size(); from += AT_ONCE) {
                List<Integer> some = hidden.subList(from, Math.min(hidden.size(), from + AT_ONCE));
                if (held.size() >= MOST_HELD) {
                    held.addAll(some);
                } else if (!ViewFunction.SHOW_PACKED.callFor(connection, some, BRIEF)) {
                    showEach(connection, some, held);
                }
            }
        }
        return held;
    }

    private static List<Integer> hidden(Connection connection, Set<Integer> metricIds) throws SQLException {
        List<Integer> hidden = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT m.id FROM _prom_catalog.metric m WHERE m.id = ANY (?) AND NOT m.has_packed ORDER BY m.id")) {
            select.setArray(1, connection.createArrayOf("int4", metricIds.toArray()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    hidden.add(rows.getInt(1));
                }
            }
        }
        return hidden;
    }

    private static void showEach(Connection connection, List<Integer> metricIds, Set<Integer> held)
            throws SQLException {
        for (Integer one : metricIds) {
            // The first one with patience: else one that is read all the time would never be packed.
            if (!ViewFunction.SHOW_PACKED.callFor(connection, List.of(one), held.isEmpty() ? PATIENT : BRIEF)) {
                held.add(one);
            }
        }
    }

    /** Sees to it that views look at holes; false if a reader holds on to one of them, and nothing is tried for a while. */
    boolean showHoles(Set<Integer> metricIds) throws SQLException {
        if (System.nanoTime() - pauseFrom < PAUSE_NANOS) {
            return false;
        }
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            for (Integer metricId : metricIds) {
                if (!ViewFunction.SHOW_HOLES.callFor(connection, List.of(metricId), FOR_HOLES)) {
                    pauseFrom = System.nanoTime();
                    return false;
                }
            }
            return true;
        }
    }
}
