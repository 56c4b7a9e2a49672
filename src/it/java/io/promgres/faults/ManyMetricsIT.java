package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.model.LabelSet;
import io.promgres.model.LandingRows;
import io.promgres.packing.Packer;
import io.promgres.schema.Migrations;
import io.promgres.store.Database;
import io.promgres.store.LandingWriter;
import io.promgres.store.LateWriter;
import io.promgres.store.RowWriter;
import io.promgres.store.SeriesStore;
import io.promgres.testing.OwnServer;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics that have more tables than a small PostgreSQL has locks: some 3,000, as it comes and with few connections. */
class ManyMetricsIT {

    private static final int METRICS = 3_000;
    private static final Duration BLOCK = Duration.ofHours(2);

    private final long time = Instant.now().minus(Duration.ofHours(5)).toEpochMilli();
    private final List<String> failures = new ArrayList<>();

    @TempDir
    private Path directory;

    private OwnServer server;
    private Database database;

    @BeforeEach
    void startServer() throws Exception {
        server = new OwnServer(directory, Map.of("max_connections", "25", "max_locks_per_transaction", "64"));
        new Migrations(server.uri()).migrate();
        database = new Database(server.uri(), 4, new SimpleMeterRegistry());
    }

    @AfterEach
    void stopServer() throws Exception {
        database.close();
        server.close();
    }

    @Test
    void samplesOfAllMetricsArePackedAndComeAgainLateWithoutAnError() throws Exception {
        LandingRows rows = rows(intern());
        pretendViews();
        write(new LandingWriter(database.pool(), BLOCK), rows);

        assertThat(pack()).isEqualTo(METRICS);
        assertThat(failures).isEmpty();

        write(new LateWriter(database.pool(), BLOCK), rows);
        assertThat(value("SELECT count(*) FROM prom_data.landing")).isEqualTo("0");
    }

    @Test
    void lateSamplesOfMetricsWithoutTablesAreStored() throws Exception {
        LandingRows first = rows(intern(0, 1));
        pretendViews();
        write(new LandingWriter(database.pool(), BLOCK), first);
        assertThat(pack()).isEqualTo(1);

        write(new LateWriter(database.pool(), BLOCK), rows(intern(1, 100)));

        assertThat(
                        value(
                                "SELECT sum((SELECT count(*) FROM unnest(values) v WHERE v IS NOT NULL)) FROM prom_data.landing"))
                .isEqualTo("99");
    }

    private long[] intern() throws SQLException {
        return intern(0, METRICS);
    }

    private long[] intern(int from, int to) throws SQLException {
        List<LabelSet> labels = new ArrayList<>();
        for (int n = from; n < to; n++) {
            labels.add(LabelSet.ofSorted("__name__", "m_%05d".formatted(n), "instance", "h1:9100", "job", "app"));
        }
        return new SeriesStore(database.pool()).intern(labels).addresses();
    }

    private LandingRows rows(long[] addresses) {
        LandingRows rows = new LandingRows(1 << 10);
        for (long address : addresses) {
            assertThat(rows.add(address, time, Double.doubleToRawLongBits(1))).isTrue();
        }
        return rows;
    }

    private void write(RowWriter writer, LandingRows rows) throws Exception {
        writer.write(rows, new SeriesStore(database.pool()).places());
    }

    /** As if there were views, which take most of the time and nothing of what is tested. */
    private void pretendViews() throws SQLException {
        try (Connection connection = TestDatabase.connect(server.uri())) {
            Sql.execute(connection, "UPDATE _prom_catalog.metric SET views_positions = 3");
        }
    }

    private long pack() throws Exception {
        Packer packer = new Packer(database.background(), BLOCK, new Failures(), unit -> {});
        long packed = 0;
        for (Packer.Partition partition : packer.seal(Duration.ofMinutes(10))) {
            packed += packer.pack(partition);
        }
        return packed;
    }

    private String value(String query) throws SQLException {
        try (Connection connection = TestDatabase.connect(server.uri())) {
            return Sql.value(connection, query);
        }
    }

    private final class Failures implements Packer.Listener {
        @Override
        public void packed(long samples, long withoutSeries, Duration duration) {}

        @Override
        public void failed(String reason) {
            failures.add(reason);
        }

        @Override
        public void mismatch() {
            failures.add("mismatch");
        }
    }
}
