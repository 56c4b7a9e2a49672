package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.OwnServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.SteadyLoad;
import io.promgres.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A clock is set forward by more than a year and back by hours: the daemon's, or that of the daemon and its database. */
@AnyServer
class ClockStepIT {

    private static final int SENDERS = 3;
    private static final Duration MORE_THAN_A_YEAR = Duration.ofDays(400);
    private static final Map<String, String> SHORT_BLOCKS =
            Map.of("PROMGRES_STORAGE_BLOCK", "1m", "PROMGRES_STORAGE_GRACE", "0s");
    private static final String AHEAD = "promgres_database_clock_ahead_seconds ";

    @TempDir
    private Path directory;

    @Test
    void aDaemonWhoseClockIsSetTakesSamplesAndPacksAsBefore() throws Exception {
        SettableClock clock = new SettableClock(directory);
        try (TestDatabase database = TestDatabase.migrated();
                PackagedDaemon daemon =
                        start(clock, Map.of("PROMGRES_DB", database.uri().psql()));
                SteadyLoad load = SteadyLoad.ofSeconds(SENDERS, daemon.sender());
                RunningDaemon reader = RunningDaemon.on(database)) {
            load.awaitProgress();
            for (Duration step : List.of(Duration.ofHours(-9), MORE_THAN_A_YEAR, Duration.ZERO)) {
                clock.set(step);
                Await.until(
                        "the daemon's clock is off by " + step,
                        () -> Math.abs(secondsAhead(daemon) + step.toSeconds()) < 600);
                load.awaitProgress();
            }
            reader.execute("CALL prom_api.execute_maintenance()");
            load.end();
            load.assertStored(reader.stored());
            assertThat(reader.value("SELECT count(*) > 0 FROM prom_data.vector"))
                    .isEqualTo("t");
        }
    }

    @Test
    void retentionDeletesNothingForAClockThatIsMoreThanAYearAheadForAMoment() throws Exception {
        Programs.require("setpriv");
        SettableClock clock = new SettableClock(directory);
        try (OwnServer server = new OwnServer(OwnServer.directory(directory, "server"), Map.of())) {
            server.startAgainWith(clock.environment());
            try (PackagedDaemon daemon =
                            start(clock, Map.of("PROMGRES_DB", server.uri().psql()));
                    SteadyLoad load = SteadyLoad.ofSeconds(SENDERS, daemon.sender());
                    Connection connection = TestDatabase.connect(server.uri())) {
                leapAndReturn(clock, daemon, load, connection);
                load.end();
                try (RunningDaemon reader = RunningDaemon.on(server.uri())) {
                    load.assertStored(reader.stored());
                }
                assertThat(daemon.logLines()).noneMatch(line -> line.contains(" ERROR "));
            }
        }
    }

    @Test
    void nothingIsPackedOrDeletedWhileTheDatabasesClockIsAheadOfTheDaemons() throws Exception {
        Programs.require("setpriv");
        SettableClock clock = new SettableClock(directory);
        try (OwnServer server = new OwnServer(OwnServer.directory(directory, "server"), Map.of())) {
            server.startAgainWith(clock.environment());
            try (RunningDaemon daemon = RunningDaemon.on(server.uri())) {
                clock.set(Duration.ofDays(1));
                Await.until(
                        "the database's clock is ahead",
                        () -> maintain(daemon).startsWith("ERROR: maintenance failed: the clock of the database is "));
                clock.set(Duration.ZERO);
                // A call that sleeps while the clock is set back sleeps for that much longer: PostgreSQL does it.
                Await.until(
                        "the clock of the session is right",
                        () -> daemon.value("SELECT clock_timestamp() < ?::timestamptz", inAnHour())
                                .equals("t"));
                Await.until("the clocks agree", () -> maintain(daemon).isEmpty());
            }
        }
    }

    private static String inAnHour() {
        return Instant.now().plus(Duration.ofHours(1)).toString();
    }

    /** The error, or nothing. */
    private static String maintain(RunningDaemon daemon) {
        try {
            daemon.execute("CALL prom_api.execute_maintenance()");
            return "";
        } catch (SQLException e) {
            return e.getMessage();
        }
    }

    private static void leapAndReturn(
            SettableClock clock, PackagedDaemon daemon, SteadyLoad load, Connection connection) throws Exception {
        load.awaitProgress();
        Sql.execute(connection, "CALL prom_api.execute_maintenance()");
        Sql.execute(
                connection,
                "SELECT prom_api.config_maintenance_jobs(number_jobs => 1, new_schedule_interval => '1 second')");
        assertThat(vectors(connection)).isPositive();

        clock.set(MORE_THAN_A_YEAR);
        Await.until(
                "retention is doubtful",
                () -> daemon.logLines().stream().anyMatch(line -> line.contains("retention has not run for")));
        int packed = vectors(connection);
        load.awaitProgress();
        Await.until("packing goes on", () -> vectors(connection) > packed);

        String before = lastRetention(connection);
        clock.set(Duration.ZERO);
        load.awaitProgress();
        Await.until("retention runs again", () -> !lastRetention(connection).equals(before));
    }

    private static String lastRetention(Connection connection) throws Exception {
        return Sql.value(connection, "SELECT finished_at FROM prom_info.maintenance_job WHERE job_type = 'retention'");
    }

    private PackagedDaemon start(SettableClock clock, Map<String, String> settings) throws Exception {
        Map<String, String> environment = new HashMap<>(SHORT_BLOCKS);
        environment.putAll(settings);
        environment.putAll(clock.environment());
        return PackagedDaemon.start(directory, 0, environment);
    }

    private static int vectors(Connection connection) throws Exception {
        return Integer.parseInt(Sql.value(connection, "SELECT count(*) FROM prom_data.vector"));
    }

    /** The database's clock is right. */
    private static double secondsAhead(PackagedDaemon daemon) throws Exception {
        return daemon.sender()
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(AHEAD))
                .mapToDouble(line -> Double.parseDouble(line.substring(AHEAD.length())))
                .sum();
    }
}
