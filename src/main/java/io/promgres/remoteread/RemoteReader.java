package io.promgres.remoteread;

import io.promgres.model.LabelSet;
import io.promgres.model.ReadQuery;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** Answers queries for samples. Thread-safe; each call takes a connection for itself. */
public final class RemoteReader {

    /** About as many samples are sorted by the database at once. */
    private static final long BATCH_SAMPLES = 1_000_000;

    private static final long USUAL_INTERVAL_MILLIS = 10_000;
    private static final int SMALLEST_BATCH = 16;
    private static final int LARGEST_BATCH = 2_000;

    private final DataSource database;
    private final Consumer<Connection> discard;
    private final int mostSeries;
    private final ReadScope scope;
    private final boolean withStarts;

    /**
     * @param discard makes sure that a connection is closed and not used again
     * @param mostSeries a query that matches more is refused
     */
    public RemoteReader(DataSource database, Consumer<Connection> discard, int mostSeries) {
        this(database, discard, mostSeries, ReadScope.ALL, false);
    }

    /**
     * @param scope of all queries
     * @param withStarts whether sinks are told when series began to count
     */
    public RemoteReader(
            DataSource database, Consumer<Connection> discard, int mostSeries, ReadScope scope, boolean withStarts) {
        this.scope = scope;
        this.withStarts = withStarts;
        this.database = database;
        this.discard = discard;
        this.mostSeries = mostSeries;
    }

    /** A query whose series are known; its samples have not been looked at. */
    public static final class Prepared {
        private final ReadQuery query;
        private final List<SelectedSeries> series;

        private Prepared(ReadQuery query, List<SelectedSeries> series) {
            this.query = query;
            this.series = series;
        }

        /** The labels of its series, in the order in which they are read. */
        public Stream<LabelSet> labels() {
            return series.stream().map(SelectedSeries::labels);
        }
    }

    /**
     * Finds the series of a query.
     *
     * @throws ReadRefusedException says why it is not answered
     */
    public Prepared prepare(ReadQuery query) throws SQLException, ReadRefusedException {
        try (Connection connection = database.getConnection()) {
            SeriesSelector selector = new SeriesSelector(connection, mostSeries, scope);
            List<SelectedSeries> series = selector.select(query.matchers());
            selector.makeMissingViews(series);
            return new Prepared(query, series);
        }
    }

    /**
     * Finds the series of several queries for the same range, each once, family by family.
     *
     * @param family the name of the family that a series belongs to; its series come one after the other, in the order of
     *     their metrics and labels
     * @throws ReadRefusedException says why it is not answered
     */
    public Prepared prepareFamilies(List<ReadQuery> queries, Function<LabelSet, String> family)
            throws SQLException, ReadRefusedException {
        Map<LabelSet, SelectedSeries> series = new HashMap<>();
        for (ReadQuery query : queries) {
            prepare(query).series.forEach(one -> series.put(one.labels(), one));
        }
        Comparator<SelectedSeries> byFamily = Comparator.comparing(one -> family.apply(one.labels()));
        List<SelectedSeries> sorted = new ArrayList<>(series.values());
        sorted.sort(byFamily.thenComparing(one -> one.labels().metricName())
                .thenComparing(SelectedSeries::labels, LabelOrder.INSTANCE));
        return new Prepared(queries.get(0), sorted);
    }

    /**
     * Reads the samples of a query: series with samples only, in the order of their labels. As slow as the sink, and with
     * a memory that does not depend on the number of samples.
     *
     * @throws Exception of the database or of the sink
     */
    public void read(Prepared prepared, SeriesSink sink) throws Exception {
        try (Connection connection = database.getConnection()) {
            boolean complete = false;
            try {
                read(prepared, new SampleReader(connection, withStarts), sink);
                complete = true;
            } finally {
                if (!complete) {
                    discard.accept(connection);
                }
            }
        }
    }

    private static void read(Prepared prepared, SampleReader reader, SeriesSink sink) throws Exception {
        ReadQuery query = prepared.query;
        List<SelectedSeries> series = prepared.series;
        int batch = batchSize(query);
        for (int from = 0; from < series.size(); ) {
            int to = endOfBatch(series, from, batch);
            reader.read(series.subList(from, to), query.startMillis(), query.endMillis(), sink);
            from = to;
        }
    }

    private static int batchSize(ReadQuery query) {
        double millis = (double) query.endMillis() - query.startMillis();
        double series = BATCH_SAMPLES / (1 + millis / USUAL_INTERVAL_MILLIS);
        return (int) Math.max(SMALLEST_BATCH, Math.min(LARGEST_BATCH, series));
    }

    /** Series of one metric; the order of all is kept. */
    private static int endOfBatch(List<SelectedSeries> series, int from, int batch) {
        SelectedSeries first = series.get(from);
        int to = from + 1;
        while (to < series.size() && to - from < batch && haveOneSource(first, series.get(to))) {
            to++;
        }
        return to;
    }

    private static boolean haveOneSource(SelectedSeries one, SelectedSeries other) {
        return one.table().equals(other.table()) && one.view().equals(other.view());
    }
}
