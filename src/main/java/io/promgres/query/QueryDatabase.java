package io.promgres.query;

import io.promgres.model.PlaceEpoch;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.remoteread.ReadRefusedException;
import io.promgres.remoteread.ReadScope;
import io.promgres.remoteread.SelectedSeries;
import io.promgres.remoteread.SeriesSelector;
import io.promgres.tiers.KnownVectors;
import io.promgres.tiers.PackedBlocks;
import io.promgres.tiers.SampleArrays;
import io.promgres.tiers.StoredHistogram;
import io.promgres.tiers.StoredSeries;
import io.promgres.tiers.TierReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Where queries read from: transactions that see one state of the database from their begin to their end and write nothing,
 * so that a standby will do. Thread-safe.
 */
public final class QueryDatabase {

    // The call ends its statement itself; the server does if the daemon is gone.
    private static final int OWN_MILLIS = 1000;

    private final DataSource database;
    private final Consumer<Connection> discard;
    private final int mostSeries;
    private final KnownVectors vectors;
    private final KnownSelections selections;

    /**
     * @param discard makes sure that a connection is closed and not used again
     * @param mostSeries a selection of more is refused
     * @param selectionBytes about the memory for what selectors have found
     */
    public QueryDatabase(
            DataSource database,
            Consumer<Connection> discard,
            int mostSeries,
            KnownVectors vectors,
            long selectionBytes) {
        this.database = database;
        this.discard = discard;
        this.mostSeries = mostSeries;
        this.vectors = vectors;
        this.selections = new KnownSelections(selectionBytes);
    }

    /**
     * Series whose samples are read next.
     *
     * @param blocks what is packed of their metrics in the range that they were selected for; null if that is not known yet
     */
    record Selected(List<SelectedSeries> series, PackedBlocks blocks) {}

    /**
     * One state of the database: that of the first statement, with which the transaction begins. Confined to the work that it
     * was made for.
     */
    final class Snapshot {

        private final Connection connection;
        private final Call call;
        private boolean begun;
        private PlaceEpoch epoch = PlaceEpoch.NONE;

        private Snapshot(Connection connection, Call call) {
            this.connection = connection;
            this.call = call;
        }

        /** In the transaction. */
        Connection connection() throws SQLException {
            if (!begun) {
                begun = true;
                execute(
                        connection,
                        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = "
                                + serverMillis());
            }
            return connection;
        }

        private long serverMillis() {
            return call.remainingMillis() + OWN_MILLIS;
        }

        private void end() throws SQLException {
            if (begun) {
                execute(connection, "COMMIT");
            }
        }

        Call call() {
            return call;
        }

        /**
         * The series that all matchers match, in the order of their labels; all series if there is no matcher.
         *
         * @throws QueryRefusedException if there are too many
         */
        List<SelectedSeries> select(List<Matcher> matchers, ReadScope scope)
                throws SQLException, QueryRefusedException {
            call.check();
            try {
                return new SeriesSelector(connection(), mostSeries, scope).selectAny(matchers);
            } catch (ReadRefusedException e) {
                throw new QueryRefusedException(ErrorType.EXECUTION, e.getMessage());
            }
        }

        /**
         * As {@link #select}, of series whose samples are read next. What is known already is looked up no more; a series that has
         * lost its last sample may be among them.
         *
         * @param from milliseconds since the epoch
         * @param to included
         */
        Selected selectForSamples(List<Matcher> matchers, ReadScope scope, long from, long to)
                throws SQLException, QueryRefusedException {
            call.check();
            KnownSelections.Known known = selections.get(matchers, scope);
            PackedBlocks blocks = begun ? null : look(known, from, to);
            if (known != null && known.epoch().equals(epoch)) {
                return new Selected(known.series(), blocks);
            }
            List<SelectedSeries> series = select(matchers, scope);
            if (!epoch.equals(PlaceEpoch.NONE)) {
                selections.put(matchers, scope, new KnownSelections.Known(epoch, series));
            }
            return new Selected(series, null);
        }

        private PackedBlocks look(KnownSelections.Known expected, long from, long to) throws SQLException {
            begun = true;
            List<StoredSeries> series = expected == null ? List.of() : stored(expected.series());
            FirstLook look = FirstLook.of(connection, serverMillis(), series, from, to);
            epoch = look.epoch();
            return look.blocks();
        }

        /**
         * Hands over the samples of each series from a time to a time, those that are read from a view after the others.
         *
         * @param from milliseconds since the epoch
         * @param to included
         */
        void read(Selected selected, long from, long to, SelectedSink sink) throws SQLException {
            List<SelectedSeries> stored = selected.series().stream()
                    .filter(one -> one.view().isEmpty())
                    .toList();
            new TierReader(connection(), vectors)
                    .read(
                            stored(stored),
                            selected.blocks(),
                            from,
                            to,
                            (index, samples, histograms) -> sink.take(stored.get(index), samples, histograms));
            new ViewSamples(connection())
                    .read(
                            selected.series().stream()
                                    .filter(one -> one.view().isPresent())
                                    .toList(),
                            from,
                            to,
                            sink);
        }
    }

    /** Takes the samples of series, one series after the other. */
    @FunctionalInterface
    interface SelectedSink {

        /**
         * @param samples in order; the sink's from here on
         * @param histograms in order; in front of them the last one before the range, if there is one
         */
        void take(SelectedSeries series, SampleArrays samples, List<StoredHistogram> histograms) throws SQLException;
    }

    /** What is done with a snapshot. */
    @FunctionalInterface
    interface Work<T> {
        T run(Snapshot snapshot) throws QueryRefusedException, SQLException;
    }

    /** Does the work in a transaction of its own. */
    <T> T read(Call call, Work<T> work) throws QueryRefusedException, SQLException {
        call.check();
        try (Connection connection = database.getConnection()) {
            boolean complete = false;
            try {
                call.begins(connection);
                Snapshot snapshot = new Snapshot(connection, call);
                T result = work.run(snapshot);
                call.ends(connection);
                snapshot.end();
                complete = true;
                return result;
            } catch (SQLException e) {
                throw call.meaning(e);
            } finally {
                call.ends(connection);
                if (!complete) {
                    discard.accept(connection);
                }
            }
        }
    }

    private static List<StoredSeries> stored(List<SelectedSeries> series) {
        return series.stream().map(SelectedSeries::stored).toList();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
