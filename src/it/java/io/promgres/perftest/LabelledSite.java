package io.promgres.perftest;

import io.promgres.ingest.Ingest;
import io.promgres.observe.Metrics;
import io.promgres.packing.Packer;
import io.promgres.remotewrite.Limits;
import io.promgres.remotewrite.RemoteWriteReceiver;
import io.promgres.remotewrite.Sender;
import io.promgres.remotewrite.SenderRules;
import io.promgres.remotewrite.WriteOutcome;
import io.promgres.remotewrite.WriteProtocol;
import io.promgres.remotewrite.WriteRequestEncoder;
import io.promgres.series.KnownMetadata;
import io.promgres.series.KnownStarts;
import io.promgres.series.Removals;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import io.promgres.store.Database;
import io.promgres.store.ExemplarStore;
import io.promgres.store.HistogramStore;
import io.promgres.store.LandingWriter;
import io.promgres.store.LateWriter;
import io.promgres.store.MetadataStore;
import io.promgres.store.SeriesStore;
import io.promgres.store.StartStore;
import io.promgres.store.ViewStore;
import io.promgres.testing.FailingListener;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A fresh database with the schema, and the write path with the projection of labelled samples; no HTTP, no timer. */
final class LabelledSite implements AutoCloseable {

    private static final Duration BLOCK = Duration.ofHours(2);

    private final Metrics metrics = new Metrics("test");
    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Database database;
    private final LabelProjection projection;
    private final Ingest ingest;
    private final RemoteWriteReceiver remoteWrite;

    LabelledSite() {
        database = new Database(testDatabase.uri(), 4, metrics.registry());
        projection = new LabelProjection(database.pool());
        SeriesCache cache = new SeriesCache(1 << 20);
        Removals removals = new Removals(cache, new KnownStarts());
        KnownMetadata metadata = new KnownMetadata(1 << 20);
        Ingest.Stores stores = new Ingest.Stores(
                new SeriesStore(database.pool()),
                new ViewStore(database.pool()),
                List.of(new LandingWriter(database.pool(), BLOCK, projection)),
                new LateWriter(database.pool(), BLOCK, projection),
                new MetadataStore(database.pool()),
                new ExemplarStore(database.pool()),
                new HistogramStore(database.pool()),
                new StartStore(database.pool()),
                projection);
        ingest = new Ingest(stores, removals, metadata, metrics);
        ingest.start();
        RemoteWriteReceiver.Known known = new RemoteWriteReceiver.Known(
                cache::reader, new SymbolTable(SeriesCache.SMALLEST), metadata, new KnownStarts());
        RemoteWriteReceiver.Terms terms = new RemoteWriteReceiver.Terms(Limits.DEFAULT, SenderRules.NONE);
        remoteWrite = new RemoteWriteReceiver(known, removals::epoch, terms, Clock.systemUTC(), ingest, metrics);
    }

    record Point(Map<String, String> labels, long time, double value) {}

    /** Writes the points in one request, and returns when they are stored; their views are there then, too. */
    void write(List<Point> points) throws Exception {
        WriteRequestEncoder request = new WriteRequestEncoder();
        points.forEach(point -> request.add(new TreeMap<>(point.labels()), point.time(), point.value()));
        byte[] body = request.encode();
        CompletableFuture<WriteOutcome> outcome = new CompletableFuture<>();
        remoteWrite.from(Sender.ANY).receive(WriteProtocol.V1, body, 0, body.length, outcome::complete);
        if (outcome.get().kind() != WriteOutcome.Kind.STORED) {
            throw new IllegalStateException(outcome.get().toString());
        }
        // The interner makes views after it has handed the samples on.
        ViewStore views = new ViewStore(database.pool());
        views.make(views.stale(), Duration.ofSeconds(10));
    }

    /** Projects what was written, as the daemon does now and then. */
    long project() throws SQLException {
        return projection.project();
    }

    /** See {@link LabelProjection#projectSoon}. */
    boolean projectSoon() throws SQLException {
        return projection.projectSoon();
    }

    /** @param watch see {@link LabelProjection#watchedBy} */
    void watchedBy(Runnable watch) {
        projection.watchedBy(watch);
    }

    /** Packs every closed block. */
    void pack() throws Exception {
        Packer packer = new Packer(database.pool(), BLOCK, new FailingListener(), unit -> {});
        for (Packer.Partition partition : packer.seal(Duration.ofMinutes(10))) {
            packer.pack(partition);
        }
    }

    ResultStore results() {
        return new ResultStore(database.pool(), 1 << 20);
    }

    Connection connect() throws SQLException {
        return testDatabase.connect();
    }

    /** Forgets all samples and results; series stay known. */
    void clear() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    TRUNCATE prom_data.landing, _prom_catalog.metadata, _metric_data.touched, metric_data.perf_test_job,
                        metric_data.perf_test_lookup_metrics, metric_data.perf_test_lookup_parameters
                    RESTART IDENTITY CASCADE""");
        }
    }

    /** The rows of a query, each with its columns as psql shows them, separated by bars. */
    List<String> rows(String query, Object... parameters) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                return rows(result);
            }
        }
    }

    private static List<String> rows(ResultSet result) throws SQLException {
        List<String> rows = new ArrayList<>();
        while (result.next()) {
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                columns.add(String.valueOf(result.getString(i)));
            }
            rows.add(String.join("|", columns));
        }
        return rows;
    }

    /** Everything that the projection may change, the numbers of rows included. */
    List<String> tables() throws SQLException {
        List<String> all = new ArrayList<>();
        for (Table table : Table.values()) {
            all.add(table.name());
            all.addAll(rows("SELECT * FROM " + table.qualifiedName() + " ORDER BY 1"));
        }
        return all;
    }

    @Override
    public void close() {
        ingest.close();
        database.close();
        metrics.close();
        testDatabase.close();
    }
}
