package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code prom_info.disk_usage}: where the bytes of the database are. */
class DiskUsageIT {

    private static final long START =
            System.currentTimeMillis() - Duration.ofHours(9).toMillis();
    private static final String WAL = "'write-ahead log of the server'";

    private static String bytes(String part) {
        return "(SELECT bytes FROM prom_info.disk_usage WHERE part = '" + part + "')";
    }

    @Test
    void thePartsAreAllOfTheDatabaseAndPackingMovesBytesBetweenThem() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database)) {
            List<TestSample> samples = new ArrayList<>();
            for (int minute = 0; minute < 120; minute++) {
                for (int series = 0; series < 50; series++) {
                    samples.add(TestSample.of("load", START + minute * 60_000L, minute, "series", "s" + series));
                }
            }
            assertThat(daemon.send(samples).statusCode()).isEqualTo(204);
            long landed = Long.parseLong(daemon.value("SELECT " + bytes("samples, not packed yet")));
            daemon.execute("CALL prom_api.execute_maintenance()");

            assertThat(daemon.value("SELECT " + bytes("samples, packed") + " > 0 AND "
                            + bytes("samples, not packed yet") + " < " + landed))
                    .isEqualTo("t");
            // Another session may add a page between two looks.
            assertThat(daemon.value("SELECT abs(sum(bytes) - pg_database_size(current_database())) < 10000000"
                            + " AND min(bytes) >= 0 FROM prom_info.disk_usage WHERE part <> " + WAL))
                    .isEqualTo("t");
            assertThat(daemon.value("SELECT bytes IS NULL FROM prom_info.disk_usage WHERE part = " + WAL))
                    .isEqualTo("t");
        }
    }
}
