package io.promgres.energy;

import io.promgres.ingest.Acknowledgement;
import io.promgres.ingest.Ingest;
import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.LabelSet;
import io.promgres.model.NewSeries;
import io.promgres.model.Rejections;
import io.promgres.model.SampleBatch;
import io.promgres.observe.Metrics;
import io.promgres.packing.Packer;
import io.promgres.series.KnownMetadata;
import io.promgres.series.KnownStarts;
import io.promgres.series.Removals;
import io.promgres.series.SeriesCache;
import io.promgres.store.Database;
import io.promgres.store.ExemplarStore;
import io.promgres.store.HistogramStore;
import io.promgres.store.LandingWriter;
import io.promgres.store.LateWriter;
import io.promgres.store.MetadataStore;
import io.promgres.store.SeriesStore;
import io.promgres.store.StartStore;
import io.promgres.store.ViewStore;
import io.promgres.store.WriteObserver;
import io.promgres.testing.Await;
import io.promgres.testing.FailingListener;
import io.promgres.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The write path with the energy projection on a fresh database, without HTTP; the projector runs when told. */
final class EnergyDatabase implements AutoCloseable {

    /** The rows of fact_usage with the names of what they are of: time, scope, name, CPU seconds, kWh. */
    static final String FACTS = """
            SELECT to_char(f.ts, 'HH24:MI'), f.scope, coalesce(p.cloud_project_name, m.machine_name, f.user_id),
                   trim_scale(busy_cpu_seconds_total), trim_scale(idle_cpu_seconds_total),
                   trim_scale(round(busy_kwh, 6)), trim_scale(round(idle_kwh, 6))
            FROM fact_usage f LEFT JOIN dim_project p USING (project_id) LEFT JOIN dim_machine m USING (machine_id)
            ORDER BY 1, 2, 3""";

    private static final Duration BLOCK = Duration.ofHours(2);

    private final TestDatabase database = TestDatabase.migrated();
    private final Metrics metrics = new Metrics("test");
    private final Rules rules;
    private final Database pool;
    private Energy energy;
    private Ingest ingest;

    EnergyDatabase(Rules rules) throws SQLException {
        this.rules = rules;
        pool = new Database(database.uri(), 4, metrics.registry());
        start();
    }

    /** With a file of config/energy. */
    static EnergyDatabase withRules(String file) throws SQLException {
        return new EnergyDatabase(RuleFiles.read(List.of(Path.of("config/energy", file))));
    }

    private void start() throws SQLException {
        energy = new Energy(pool.pool(), pool.background(), rules, metrics, InstantSource.system());
        WriteObserver watch = energy.watch();
        Ingest.Stores stores = new Ingest.Stores(
                new SeriesStore(pool.pool()),
                new ViewStore(pool.pool()),
                List.of(new LandingWriter(pool.pool(), BLOCK, watch)),
                new LateWriter(pool.pool(), BLOCK, watch),
                new MetadataStore(pool.pool()),
                new ExemplarStore(pool.pool()),
                new HistogramStore(pool.pool()),
                new StartStore(pool.pool()),
                watch);
        Removals removals = new Removals(new SeriesCache(SeriesCache.SMALLEST * 8), new KnownStarts());
        ingest = new Ingest(stores, removals, new KnownMetadata(1 << 20), metrics);
        ingest.start();
    }

    /** As a daemon that stops and starts again, with an empty cache. */
    void restart() throws SQLException {
        ingest.close();
        start();
    }

    Rule rule(String name) {
        return rules.rules().stream()
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    Database pool() {
        return pool;
    }

    Metrics metrics() {
        return metrics;
    }

    /** Labels in text form: {@code name{a="b",c="d"}}. */
    static LabelSet series(String text) {
        TreeMap<String, String> labels = new TreeMap<>();
        int brace = text.indexOf('{');
        labels.put(LabelSet.METRIC_NAME, brace < 0 ? text : text.substring(0, brace));
        if (brace >= 0) {
            for (String pair : text.substring(brace + 1, text.length() - 1).split(",(?=[A-Za-z_]+=)")) {
                String[] nameAndValue = pair.split("=", 2);
                labels.put(nameAndValue[0], nameAndValue[1].replaceAll("^\"|\"$", ""));
            }
        }
        return LabelSet.ofSorted(labels.entrySet().stream()
                .flatMap(label -> List.of(label.getKey(), label.getValue()).stream())
                .toArray(String[]::new));
    }

    /** Samples of one series, and the request they are sent in. */
    record Samples(LabelSet labels, long[] times, long[] bits) {}

    /** Sends a request, and returns when it is committed. */
    void send(List<Samples> samples) {
        List<NewSeries> series = new ArrayList<>();
        for (Samples one : samples) {
            byte[] key = one.labels().toString().getBytes(StandardCharsets.UTF_8);
            series.add(new NewSeries(key, one.labels(), one.times(), one.bits()));
        }
        CompletableFuture<Rejections> stored = new CompletableFuture<>();
        ingest.submit(
                new DecodedWrite(
                        new SampleBatch(1),
                        series,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        new Rejections(),
                        Counts.NONE),
                new Acknowledgement() {
                    @Override
                    public void stored(Rejections rejections) {
                        stored.complete(rejections);
                    }

                    @Override
                    public void unavailable(String reason) {
                        stored.completeExceptionally(new IllegalStateException(reason));
                    }
                });
        stored.join();
    }

    void send(String series, Instant time, double value) {
        send(List.of(new Samples(
                series(series), new long[] {time.toEpochMilli()}, new long[] {Double.doubleToRawLongBits(value)})));
    }

    void sendStaleMarker(String series, Instant time) {
        send(List.of(new Samples(series(series), new long[] {time.toEpochMilli()}, new long[] {0x7ff0000000000002L})));
    }

    void project() throws SQLException {
        project(Instant.now());
    }

    void project(Instant now) throws SQLException {
        projector(now).run(Duration.ZERO);
    }

    /** One that has not run yet. */
    Projector projector(Instant now) {
        return new Projector(pool.pool(), InstantSource.fixed(now), energy.inForce(), metrics);
    }

    /** Packs everything that is stored; the number of samples. */
    long pack() throws SQLException, InterruptedException {
        Packer packer = new Packer(pool.pool(), BLOCK, new FailingListener(), unit -> {});
        long packed = 0;
        for (Packer.Partition partition : packer.seal(Duration.ofMinutes(10))) {
            packed += packer.pack(partition);
        }
        return packed;
    }

    void rebuild(Instant from, Instant to) throws SQLException {
        Energy.rebuild(pool.pool(), Optional.empty(), metrics, from, to);
    }

    Connection connect() throws SQLException {
        return database.connect();
    }

    /** For psql. */
    String psql() {
        return database.uri().psql();
    }

    /** See {@link Await#views}. */
    void awaitViews() throws Exception {
        try (Connection connection = connect()) {
            Await.views(connection);
        }
    }

    /** The rows of a query, columns separated by a bar, as psql -At prints them. */
    List<String> query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET timezone = 'UTC'");
            try (ResultSet rows = statement.executeQuery(sql)) {
                List<String> lines = new ArrayList<>();
                while (rows.next()) {
                    StringBuilder line = new StringBuilder();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        line.append(i == 1 ? "" : "|").append(rows.getString(i) == null ? "" : rows.getString(i));
                    }
                    lines.add(line.toString());
                }
                return lines;
            }
        }
    }

    @Override
    public void close() {
        ingest.close();
        pool.close();
        metrics.close();
        database.close();
    }
}
