package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.model.LabelSet;
import io.promgres.model.LandingRows;
import io.promgres.model.PlaceEpoch;
import io.promgres.packing.RandomSeries.Sample;
import io.promgres.rollup.RollupUpkeep;
import io.promgres.rollup.Rollups;
import io.promgres.store.Database;
import io.promgres.store.LandingWriter;
import io.promgres.store.LateWriter;
import io.promgres.store.RerouteException;
import io.promgres.store.RowWriter;
import io.promgres.store.SealedException;
import io.promgres.store.SeriesStore;
import io.promgres.store.ViewStore;
import io.promgres.testing.Await;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A database with the writers and the packer of a daemon, and what its views show. */
final class PackedDatabase implements AutoCloseable {

    static final Duration BLOCK = Duration.ofHours(2);

    /** How long a day has been over before its blocks are joined. */
    static final Duration REST = Duration.ofHours(4);

    private static final Duration GRACE = Duration.ofMinutes(10);
    private static final int ROWS = 1 << 10;

    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Database database;
    private final RecordingListener listener = new RecordingListener();
    private final Packer packer;
    private final Joiner joiner;
    private final RollupUpkeep rollups;
    private Runnable betweenUnits = () -> {};
    private long[] addresses;

    PackedDatabase() throws SQLException {
        this("none");
    }

    /** @param resolutions of rollups of all metrics: 5m,1h */
    PackedDatabase(String resolutions) throws SQLException {
        database = new Database(testDatabase.uri(), 8, new SimpleMeterRegistry());
        packer = new Packer(database.background(), BLOCK, listener, unit -> betweenUnits.run(), new Rollups());
        joiner = new Joiner(database.background(), BLOCK, REST, listener, unit -> betweenUnits.run());
        rollups = new RollupUpkeep(database.background(), resolutions);
    }

    /** Makes the series that samples of these numbers are of, and their views. */
    void intern(List<LabelSet> labels) throws SQLException {
        addresses = new SeriesStore(database.pool()).intern(labels).addresses();
        makeViews();
    }

    void makeViews() throws SQLException {
        ViewStore views = new ViewStore(database.pool());
        assertThat(views.make(views.stale(), Duration.ofSeconds(1))).isEmpty();
    }

    /** For samples of times that are not sealed. */
    LandingWriter fast() {
        return new LandingWriter(database.pool(), BLOCK);
    }

    /** For samples of any time. */
    LateWriter late() {
        return new LateWriter(database.pool(), BLOCK);
    }

    void write(RowWriter writer, List<Sample> samples) throws SQLException, RerouteException {
        LandingRows rows = new LandingRows(ROWS);
        PlaceEpoch places = new SeriesStore(database.pool()).places();
        for (Sample sample : samples) {
            if (!rows.add(addresses[sample.series()], sample.time(), sample.bits())) {
                writer.write(rows, places);
                rows.clear();
                rows.add(addresses[sample.series()], sample.time(), sample.bits());
            }
        }
        writer.write(rows, places);
    }

    /** As the daemon does: fast, and what is sealed meanwhile late. */
    void writeAsItComes(RowWriter fast, RowWriter late, List<Sample> samples) throws SQLException, RerouteException {
        try {
            write(fast, samples);
        } catch (SealedException e) {
            write(late, samples);
        }
    }

    List<Packer.Partition> seal() throws SQLException {
        return packer.seal(GRACE);
    }

    /** The connections of the maintenance. */
    DataSource background() {
        return database.background();
    }

    /** Seals what has closed, and packs what is sealed, once. */
    long pack() throws SQLException, InterruptedException {
        rollUp();
        long packed = 0;
        for (Packer.Partition partition : packer.seal(GRACE)) {
            packed += packer.pack(partition);
        }
        rollups.afterPacking(true);
        return packed;
    }

    /**
     * Packs until every sealed partition is dropped, which waits for readers; the packer has failed nowhere.
     */
    long packAll() throws Exception {
        long[] packed = {pack()};
        Await.until("every sealed partition is dropped", () -> {
            packed[0] += pack();
            return count("_prom_catalog.landing_partition WHERE sealed") == 0;
        });
        assertThat(listener.failures).isEmpty();
        assertThat(listener.mismatches).hasValue(0);
        return packed[0];
    }

    /** Joins the blocks of what is old enough; the number of samples in them. */
    long join() throws SQLException, InterruptedException {
        return joiner.join(true);
    }

    /** Has something done whenever a unit is packed, before the next one. */
    void betweenUnits(Runnable then) {
        betweenUnits = then;
    }

    /** Has metrics rolled up that are to be, from now on. */
    void rollUp() throws SQLException {
        rollups.beforePacking();
    }

    /** One after the other. */
    void execute(String... statements) throws SQLException {
        try (Connection connection = connect()) {
            for (String statement : statements) {
                Sql.execute(connection, statement);
            }
        }
    }

    /** Why units were not packed since the last call. */
    List<String> takeFailures() {
        List<String> failures = List.copyOf(listener.failures);
        listener.failures.clear();
        return failures;
    }

    /** Samples that were in slots of no series. */
    long orphaned() {
        return listener.orphaned;
    }

    /** Units that did not read back as they were, since the last call. */
    int takeMismatches() {
        return listener.mismatches.getAndSet(0);
    }

    private static final class RecordingListener implements Packer.Listener {
        private final List<String> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
        private final AtomicInteger mismatches = new AtomicInteger();
        private volatile long orphaned;

        @Override
        public void packed(long samples, long withoutSeries, Duration duration) {
            orphaned += withoutSeries;
        }

        @Override
        public void failed(String reason) {
            failures.add(reason);
        }

        @Override
        public void mismatch() {
            mismatches.incrementAndGet();
        }
    }

    Connection connect() throws SQLException {
        return testDatabase.connect();
    }

    long count(String from) throws SQLException {
        try (Connection connection = connect()) {
            return Long.parseLong(Sql.value(connection, "SELECT count(*) FROM " + from));
        }
    }

    /** Deletes samples of the series with the label n, from a time to a time, both included; the number of them. */
    long delete(String n, long from, long to) throws SQLException {
        try (Connection connection = connect()) {
            return Long.parseLong(Sql.value(
                    connection,
                    "SELECT sum(prom_api.delete_series_from_metric(metric_name, prom_api.matcher('{\"n\": \"" + n
                            + "\"}')," + SqlTime.literal(from) + ", " + SqlTime.literal(to)
                            + ")) FROM prom_info.metric"));
        }
    }

    /** The samples in the packed tier, as the catalog counts them. */
    long packedSamples() throws SQLException {
        try (Connection connection = connect()) {
            return Long.parseLong(
                    Sql.value(connection, "SELECT coalesce(sum(samples), 0) FROM _prom_catalog.packed_block"));
        }
    }

    /** The kinds that any run has, in order. */
    List<Integer> kindsOfRuns() throws SQLException {
        try (Connection connection = connect()) {
            return Sql.rows(connection, "SELECT DISTINCT kind FROM prom_data.packed ORDER BY kind").stream()
                    .map(Integer::valueOf)
                    .toList();
        }
    }

    /** What all views show, see {@link #shown(Connection)}. */
    Map<String, TreeMap<Long, String>> shown() throws SQLException {
        try (Connection connection = connect()) {
            return shown(connection);
        }
    }

    /** Of each series, by its label n, the times in milliseconds and the bits of the values. Fails if one is shown twice. */
    static Map<String, TreeMap<Long, String>> shown(Connection connection) throws SQLException {
        Map<String, TreeMap<Long, String>> shown = new HashMap<>();
        for (String view : Sql.rows(connection, "SELECT format('prom_metric.%I', table_name) FROM prom_info.metric")) {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT prom_api.val(n_id),"
                            + " (extract(epoch FROM time) * 1000)::bigint, float8send(value)::text FROM " + view)) {
                while (rows.next()) {
                    String twice = shown.computeIfAbsent(rows.getString(1), n -> new TreeMap<>())
                            .put(rows.getLong(2), rows.getString(3));
                    assertThat(twice).as("shown twice").isNull();
                }
            }
        }
        return shown;
    }

    static Map<String, TreeMap<Long, String>> expected(List<Sample> samples) {
        Map<String, TreeMap<Long, String>> expected = new HashMap<>();
        for (Sample sample : samples) {
            expected.computeIfAbsent("" + sample.series(), n -> new TreeMap<>())
                    .putIfAbsent(sample.time(), String.format("\\x%016x", sample.bits()));
        }
        return expected;
    }

    @Override
    public void close() {
        database.close();
        testDatabase.close();
    }
}
