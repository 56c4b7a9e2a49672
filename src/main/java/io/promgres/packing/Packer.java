package io.promgres.packing;

import io.promgres.observe.FailureLog;
import io.promgres.store.Buckets;
import io.promgres.store.SqlErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Moves closed blocks of time from the landing table into {@code prom_data.packed}. One packer at a time in a database: see
 * {@code maintenance.Leadership}. What a unit is: {@link UnitPlan}.
 *
 * <p>A unit is a transaction that holds its partition, which late writers wait for, and is short for that reason. A unit
 * that fails leaves its landing rows as they were, and does not stop the others.
 */
public final class Packer {

    private static final Logger LOG = LoggerFactory.getLogger(Packer.class);

    /** Groups and blocks that are listed at once. */
    private static final int LISTED = 50_000;

    /** Groups that are looked at under the lock of interning. */
    private static final int GROUPS_AT_ONCE = 100;

    /** Is called between units; may wait, to give way to ingest. */
    @FunctionalInterface
    public interface Pause {
        void between(Duration unit) throws InterruptedException;
    }

    /** Learns what the packer does. */
    public interface Listener {
        /**
         * @param samples that were packed
         * @param withoutSeries samples that were deleted instead, because their series has been removed
         */
        void packed(long samples, long withoutSeries, Duration duration);

        void failed(String reason);

        void mismatch();
    }

    /** Writes what is made of packed samples, in the transaction that packs them. */
    @FunctionalInterface
    public interface Follower {
        /**
         * @param metrics each with all samples that the series of the unit have there
         * @param from where the unit begins, milliseconds since the epoch
         * @param to where it ends, exclusive
         */
        void packed(Connection connection, List<PackedSamples> metrics, long from, long to) throws SQLException;
    }

    /** A sealed partition that may have rows. */
    public record Partition(String name, long lower, long upper) {

        String table() {
            return "_prom_landing.\"" + name + '"';
        }
    }

    private record Packed(long samples, long withoutSeries) {}

    private final DataSource database;
    private final Duration block;
    private final Listener listener;
    private final UnitFailures failures;
    private final Pause pause;
    private final Follower follower;
    private final EmptyPartitions emptyPartitions;
    private final Buckets buckets = new Buckets();
    private final PackedViews packedViews;
    private final Set<Long> silent = new LinkedHashSet<>();

    /** Packs, and nothing is made of it. */
    public Packer(DataSource database, Duration block, Listener listener, Pause pause) {
        this(database, block, listener, pause, (connection, metrics, from, to) -> {});
    }

    /** @param block length of a block where the database has no setting */
    public Packer(DataSource database, Duration block, Listener listener, Pause pause, Follower follower) {
        this.database = database;
        this.block = block;
        this.listener = listener;
        this.failures = new UnitFailures(
                new FailureLog(LOG, Level.WARN, "a unit was not packed, it stays in the landing table"),
                new FailureLog(LOG, Level.ERROR, "a unit did not read back as written, it stays in the landing table"),
                listener);
        this.pause = pause;
        this.follower = follower;
        this.emptyPartitions = new EmptyPartitions(database);
        this.packedViews = new PackedViews(database);
    }

    /**
     * Seals the partitions whose time has been over for the grace. Waits for writers that are at it.
     *
     * @return all sealed partitions, the oldest first
     */
    public List<Partition> seal(Duration grace) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "SELECT _prom_catalog.seal_closed_partitions(make_interval(secs => " + grace.toSeconds() + "))");
            List<Partition> sealed = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery("""
                    SELECT name, (extract(epoch FROM lower) * 1000)::bigint, (extract(epoch FROM upper) * 1000)::bigint
                    FROM _prom_catalog.landing_partition WHERE sealed ORDER BY lower""")) {
                while (rows.next()) {
                    sealed.add(new Partition(rows.getString(1), rows.getLong(2), rows.getLong(3)));
                }
            }
            return sealed;
        }
    }

    /**
     * Packs what is in a sealed partition, and drops it if nothing is left.
     *
     * @return the number of samples packed
     */
    public long pack(Partition partition) throws SQLException, InterruptedException {
        long blockMillis = UnitMetrics.blockMillis(database, block);
        long packed = 0;
        long after = Long.MIN_VALUE;
        while (after != Long.MAX_VALUE) {
            List<PlannedUnit> units = new ArrayList<>();
            after = list(partition, blockMillis, after, units);
            for (PlannedUnit unit : units) {
                packed += packUnit(partition, unit, blockMillis);
            }
        }
        emptyPartitions.drop(partition);
        retireSilentSeries(partition);
        return packed;
    }

    /** A series that was silent for a whole block gives its place away; a block of history says nothing about that. */
    private void retireSilentSeries(Partition partition) throws SQLException {
        List<Long> groups = List.copyOf(silent);
        silent.clear();
        try (Connection connection = database.getConnection();
                PreparedStatement retire =
                        connection.prepareStatement("SELECT _prom_catalog.retire_silent_series(?, '10 minutes') WHERE "
                                + SqlTime.literal(partition.upper()) + " > now() - interval '1 day'")) {
            for (int from = 0; from < groups.size(); from += GROUPS_AT_ONCE) {
                List<Long> some = groups.subList(from, Math.min(groups.size(), from + GROUPS_AT_ONCE));
                retire.setArray(1, connection.createArrayOf("int8", some.toArray()));
                retire.execute();
            }
        }
    }

    /** The bytes of a partition's rows; changes when rows are added. */
    public long bytes(Partition partition) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT _prom_catalog.partition_bytes(?)")) {
            select.setString(1, partition.name());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private long packUnit(Partition partition, PlannedUnit unit, long blockMillis) throws InterruptedException {
        long begin = System.nanoTime();
        long samples = 0;
        try {
            Packed packed = packedViews.withHoles(holes -> pack(partition, unit, blockMillis, holes));
            samples = packed.samples();
            listener.packed(samples, packed.withoutSeries(), Duration.ofNanos(System.nanoTime() - begin));
        } catch (SQLException e) {
            if (unit.groups().size() > 1 && SqlErrors.isTooMuchAtOnce(e)) {
                for (PlannedUnit half : unit.halves()) {
                    samples += packUnit(partition, half, blockMillis);
                }
                return samples;
            }
            failures.failed(e);
        } catch (PackingMismatchException | RuntimeException e) {
            failures.failed(e);
        }
        pause.between(Duration.ofNanos(System.nanoTime() - begin));
        return samples;
    }

    private Packed pack(Partition partition, PlannedUnit unit, long blockMillis, boolean holes)
            throws SQLException, PackingMismatchException, OutdatedViewException {
        long from = Math.max(unit.block(), partition.lower());
        long to = Math.min(unit.block() + blockMillis, partition.upper());
        try (Connection connection = database.getConnection()) {
            ensureTicks(connection, from, to - 1);
            connection.setAutoCommit(false);
            try {
                hold(connection, partition);
                LandingUnit landing = LandingUnit.read(connection, partition.table(), unit.groups(), from, to);
                JoinLock.share(connection);
                Map<Integer, PackingUnit.Metric> metrics = UnitMetrics.of(connection, landing, blockMillis);
                PackedStore store = new PackedStore(connection, buckets.used(connection));
                PackingUnit packing = new PackingUnit(store, landing, metrics, holes);
                long samples = packing.pack(from, to);
                follower.packed(connection, packing.packed(from, to), from, to);
                store.execute("DELETE FROM " + partition.table() + " WHERE group_id = ANY ('"
                        + PackedStore.ids(unit.groups()) + "') AND " + SqlTime.within("time", from, to));
                connection.commit();
                silent.addAll(landing.groupsWithSilentSeries());
                return new Packed(samples, landing.samplesWithoutSeries());
            } catch (SQLException | PackingMismatchException | OutdatedViewException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    /** Keeps late writers out of the partition until the end of the transaction. */
    private static void hold(Connection connection, Partition partition) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT FROM _prom_catalog.landing_partition WHERE name = ? AND sealed FOR UPDATE")) {
            select.setString(1, partition.name());
            select.execute();
        }
    }

    private static void ensureTicks(Connection connection, long first, long last) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (long at : new long[] {first, last}) {
                statement.execute("SELECT _prom_catalog.ensure_tick_partition(" + SqlTime.literal(at) + ")");
            }
        }
    }

    private static PlannedUnit.Portion portion(ResultSet row) throws SQLException {
        return new PlannedUnit.Portion(row.getLong(2), row.getInt(3), row.getInt(4), row.getLong(5));
    }

    /**
     * Lists units of a partition, in order of blocks and, in a block, of targets.
     *
     * @return the last block that is listed as a whole, {@link Long#MAX_VALUE} if there are no more
     */
    private long list(Partition partition, long blockMillis, long after, List<PlannedUnit> units) throws SQLException {
        Map<Long, List<PlannedUnit.Portion>> blocks = new java.util.LinkedHashMap<>();
        int listed = 0;
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        """
                        SELECT d.block * %1$s, d.group_id, coalesce(g.job_id, 0), coalesce(g.instance_id, 0), d.rows
                        FROM (SELECT floor(extract(epoch FROM time) * 1000 / %1$s)::bigint AS block, group_id, count(*) AS rows
                              FROM %2$s GROUP BY 1, 2) d
                        LEFT JOIN _prom_catalog.series_group g ON g.id = d.group_id
                        WHERE d.block * %1$s > %3$s
                        ORDER BY d.block, g.job_id, g.instance_id, d.group_id
                        LIMIT %4$s""".formatted(blockMillis, partition.table(), Math.max(after, -1L << 52), LISTED))) {
            while (rows.next()) {
                blocks.computeIfAbsent(rows.getLong(1), start -> new ArrayList<>())
                        .add(portion(rows));
                listed++;
            }
        }
        boolean more = listed == LISTED;
        List<Long> starts = new ArrayList<>(blocks.keySet());
        // The last block may not be there as a whole, unless it is alone.
        int whole = more && starts.size() > 1 ? starts.size() - 1 : starts.size();
        starts.subList(0, whole).forEach(start -> units.addAll(UnitPlan.of(start, blocks.get(start))));
        return more ? starts.get(whole - 1) : Long.MAX_VALUE;
    }
}
