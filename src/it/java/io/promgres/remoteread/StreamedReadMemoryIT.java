package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.schema.Migrations;
import io.promgres.store.Database;
import io.promgres.testing.AnyServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.PackedFiller;
import io.promgres.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much memory a streamed read takes does not depend on how long the answer is; StreamedReadBenchmark says how much it is. */
@AnyServer
class StreamedReadMemoryIT {

    private static final long MIB = 1 << 20;

    /** The whole heap of the daemon. */
    private static final int HEAP_MIB = 64;

    /** What of it is taken, more or less, when the daemon does nothing. */
    private static final int IDLE_MIB = 40;

    private static final int SAMPLES = 5_000_000;
    private static final int SERIES = 50;

    /** Of values that hardly compress. */
    private static final int DIVISOR = 7;

    @Test
    void aDaemonStreamsAnAnswerForWhichThereIsNoRoomInItsHeap(@TempDir Path directory) throws Exception {
        try (TestDatabase database = TestDatabase.fresh()) {
            long stored = fill(database);
            Map<String, String> environment =
                    Map.of("PROMGRES_DB", database.uri().psql());
            try (PackagedDaemon daemon = PackagedDaemon.startWithHeap(directory, HEAP_MIB, environment)) {
                StreamedRead read = StreamedRead.of(daemon.sender().url(), PackedFiller.METRIC, Long.MAX_VALUE);
                assertThat(read.bytes()).isGreaterThan((HEAP_MIB - IDLE_MIB) * MIB);
                assertThat(read.samples()).isEqualTo(stored);
            }
        }
    }

    private static long fill(TestDatabase database) throws SQLException {
        new Migrations(database.uri()).migrate();
        try (Database pools = new Database(database.uri(), 2, new SimpleMeterRegistry())) {
            return PackedFiller.fill(
                    pools, SAMPLES, SERIES, DIVISOR, Instant.now().getEpochSecond());
        }
    }
}
