package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.packing.RandomSeries.Sample;
import io.promgres.store.RowWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Writers of present and of late samples, and readers, are at work while the packer is. Whenever a reader looks, with one
 * snapshot for all views, it sees once whatever was committed before, and nothing that nobody sent.
 */
class PackingWhileUsedIT {

    private static final int SERIES = 26;
    private static final int HOURS = 3;
    private static final int READERS = 2;
    private static final int SLICES = 24;
    private static final TreeMap<Long, String> NONE = new TreeMap<>();

    private final Instant start = Instant.now().minus(Duration.ofHours(8)).truncatedTo(ChronoUnit.HOURS);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<List<Sample>> committed = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean writing = new AtomicBoolean(true);
    private final AtomicInteger snapshots = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void everySnapshotShowsWhatWasCommittedOnce(long seed) throws Exception {
        Random random = new Random(seed);
        RandomSeries settled = RandomSeries.of(random, SERIES, start, HOURS);
        List<Sample> late = new ArrayList<>(settled.samples());
        Collections.shuffle(late, random);
        List<Sample> first = List.copyOf(late.subList(late.size() / 3, late.size()));
        // A third of it is new, the others were sent before.
        List<Sample> again = late.subList(0, late.size() / 2);
        // Of times that are not sealed while the test runs.
        List<Sample> present = RandomSeries.of(random, SERIES, start.plus(Duration.ofHours(12)), 1)
                .samples();
        try (PackedDatabase database = new PackedDatabase()) {
            database.intern(settled.labels());
            commit(database, database.fast(), first);
            List<Sample> all = new ArrayList<>(settled.samples());
            all.addAll(present);

            List<Future<?>> writers = List.of(
                    threads.submit(writer(database, database.late(), again)),
                    threads.submit(writer(database, database.fast(), present)));
            List<Future<?>> others = new ArrayList<>();
            others.add(threads.submit(packer(database)));
            for (int reader = 0; reader < READERS; reader++) {
                others.add(threads.submit(reader(database, PackedDatabase.expected(all))));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            writing.set(false);
            for (Future<?> other : others) {
                other.get();
            }

            assertThat(snapshots).hasValueGreaterThanOrEqualTo(READERS);
            database.packAll();
            assertThat(database.shown()).isEqualTo(PackedDatabase.expected(all));
            assertThat(database.count("prom_data.vector v WHERE v.runs <= 0")).isZero();
        } finally {
            writing.set(false);
            threads.shutdownNow();
        }
    }

    @Test
    void aPartitionThatAnotherPackerHasDroppedMeanwhileIsNoError() throws Exception {
        RandomSeries series = RandomSeries.of(new Random(1), 2, start, 1);
        try (PackedDatabase database = new PackedDatabase()) {
            database.intern(series.labels());
            database.write(database.fast(), series.samples());
            List<Packer.Partition> sealed = database.seal();
            database.packAll();

            EmptyPartitions empty = new EmptyPartitions(database.background());
            for (Packer.Partition partition : sealed) {
                empty.drop(partition);
            }
            assertThat(sealed).isNotEmpty();
            assertThat(database.shown()).isEqualTo(PackedDatabase.expected(series.samples()));
        }
    }

    private Callable<Void> writer(PackedDatabase database, RowWriter writer, List<Sample> samples) {
        return () -> {
            int slice = samples.size() / SLICES + 1;
            for (int from = 0; from < samples.size(); from += slice) {
                commit(database, writer, samples.subList(from, Math.min(samples.size(), from + slice)));
            }
            return null;
        };
    }

    private void commit(PackedDatabase database, RowWriter writer, List<Sample> samples) throws Exception {
        database.write(writer, samples);
        committed.add(samples);
    }

    private Callable<Void> packer(PackedDatabase database) {
        return () -> {
            do {
                database.pack();
            } while (writing.get());
            return null;
        };
    }

    private Callable<Void> reader(PackedDatabase database, Map<String, TreeMap<Long, String>> all) {
        return () -> {
            do {
                List<Sample> before = new ArrayList<>();
                synchronized (committed) {
                    committed.forEach(before::addAll);
                }
                assertShown(snapshot(database), PackedDatabase.expected(before), all);
                snapshots.incrementAndGet();
            } while (writing.get());
            return null;
        };
    }

    private static Map<String, TreeMap<Long, String>> snapshot(PackedDatabase database) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            return PackedDatabase.shown(connection);
        }
    }

    private static void assertShown(
            Map<String, TreeMap<Long, String>> shown,
            Map<String, TreeMap<Long, String>> atLeast,
            Map<String, TreeMap<Long, String>> atMost) {
        assertThat(missing(atLeast, shown)).as("committed, not shown").isEmpty();
        assertThat(missing(shown, atMost)).as("shown, never sent").isEmpty();
    }

    /** The first samples of these that others do not have. */
    private static List<String> missing(
            Map<String, TreeMap<Long, String>> these, Map<String, TreeMap<Long, String>> others) {
        return these.entrySet().stream()
                .flatMap(series -> series.getValue().entrySet().stream()
                        .filter(sample -> !sample.getValue()
                                .equals(others.getOrDefault(series.getKey(), NONE)
                                        .get(sample.getKey())))
                        .map(sample -> series.getKey() + ": " + sample))
                .limit(5)
                .toList();
    }
}
