package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The page src/docs/tutorial.md: each query, as it stands there, gives what the page shows. Three machines with a node exporter
 * have been scraped for 75 minutes; their counters grow by the same with each scrape, so that every answer can be reckoned by hand. A
 * fourth one never answers. now() is the time of the last scrape, whenever the test runs.
 */
class TutorialPageIT {

    private static final Path PAGE = Path.of("src", "docs", "tutorial.md");
    private static final Path README = Path.of("README.md");
    private static final int STEP_SECONDS = 15;
    private static final int SCRAPES = 300;
    private static final Range FAILED_OF_WEB2 = new Range(241, 244);
    private static final String[] MODES = {"idle", "user", "system", "iowait"};
    private static final Instant END = Instant.now().truncatedTo(ChronoUnit.MINUTES);

    private static final List<Machine> MACHINES = List.of(
            new Machine("web1", new double[] {1.2, 0.6, 0.15, 0.05}, 0.25, 1.25),
            new Machine("web2", new double[] {1.6, 0.3, 0.08, 0.02}, 0.4, 0.5),
            new Machine("db2", new double[] {0.45, 1, 0.35, 0.2}, 0.6, 2));

    private record Range(int first, int last) {
        boolean has(int number) {
            return number >= first && number <= last;
        }
    }

    /**
     * @param seconds that its two processors spend in each mode in a second, together
     * @param free the part of its memory that is available; below a half its disk fills
     * @param load in one scrape of five it is four times as high; the network receives as many megabytes in a second
     */
    private record Machine(String name, double[] seconds, double free, double load) {}

    private record Scrape(String instance, Instant time, List<TestSample> into) {

        void add(String metric, double value, String... labels) {
            String[] all = Arrays.copyOf(labels, labels.length + 4);
            System.arraycopy(new String[] {"job", "node", "instance", instance}, 0, all, labels.length, 4);
            into.add(TestSample.of(metric, time.toEpochMilli(), value, all));
        }
    }

    private static List<TestSample> samples() {
        List<TestSample> samples = new ArrayList<>();
        for (int number = 1; number <= SCRAPES; number++) {
            Instant time = END.minusSeconds((SCRAPES - number) * (long) STEP_SECONDS);
            for (Machine machine : MACHINES) {
                Scrape scrape = new Scrape(machine.name + ":9100", time, samples);
                boolean failed = machine.name.equals("web2") && FAILED_OF_WEB2.has(number);
                scrape.add("up", failed ? 0 : 1);
                if (!failed) {
                    scrape(machine, number, scrape);
                }
            }
            new Scrape("db3:9100", time, samples).add("up", 0);
        }
        return samples;
    }

    private static void scrape(Machine machine, int number, Scrape into) {
        double age = 100_000 + number * STEP_SECONDS;
        for (int mode = 0; mode < MODES.length; mode++) {
            for (String cpu : List.of("0", "1")) {
                into.add("node_cpu_seconds_total", age * machine.seconds[mode] / 2, "cpu", cpu, "mode", MODES[mode]);
            }
        }
        into.add("node_load1", number % 5 == 0 ? 4 * machine.load : machine.load);
        into.add("node_memory_MemTotal_bytes", 8e9);
        into.add("node_memory_MemAvailable_bytes", 8e9 * machine.free);
        for (String device : List.of("eth0", "lo")) {
            into.add("node_network_receive_bytes_total", age * 1e6 * machine.load, "device", device);
        }
        String[] disk = {"device", "/dev/vda1", "fstype", "ext4", "mountpoint", "/"};
        into.add("node_filesystem_size_bytes", 4e10, disk);
        double freed = (machine.free - 0.5) * 1e6 * number;
        into.add("node_filesystem_avail_bytes", 4e9 + 1e10 * machine.free + freed, disk);
    }

    // The session's now() is the time of the last scrape: what a query says of "the last hour" does not depend on the
    // test's speed.
    private static void stopTheClock(Connection connection) throws SQLException {
        Sql.execute(connection, "CREATE SCHEMA stopped");
        Sql.execute(
                connection,
                "CREATE FUNCTION stopped.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT to_timestamp("
                        + END.getEpochSecond() + ")'");
        Sql.execute(
                connection,
                "SELECT set_config('search_path', 'stopped, ' || current_setting('search_path') || ', pg_catalog', false)");
    }

    private interface Check {
        void of(Connection connection) throws Exception;
    }

    private static void withMachines(Check check) throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon db = RunningDaemon.on(database, "energy.enabled", "false")) {
            assertThat(db.send(samples()).statusCode()).isEqualTo(204);
            db.awaitViews();
            db.execute("SELECT _prom_catalog.store_metadata('{node_memory_MemAvailable_bytes}', '{gauge}', '{\"\"}',"
                    + " '{\"Memory information field MemAvailable_bytes.\"}')");
            try (Connection connection = db.connect()) {
                stopTheClock(connection);
                check.of(connection);
            }
        }
    }

    @Test
    void everyQueryGivesWhatThePageShows() throws Exception {
        Map<String, Instant> times = Map.of(
                "2026-11-01 10:00:00", END.minusSeconds(1800),
                "2026-11-01 10:15:00", END.minusSeconds(900),
                "2026-11-01 10:30:00", END);
        withMachines(connection -> new ExamplePage(PAGE, times).check(connection, getClass()));
    }

    @Test
    void theFirstQueryOfTheReadmeGivesTheModesOfTheProcessors() throws Exception {
        String[] statements =
                Files.readString(README).split("```sql\n")[1].split("```")[0].split(";\n");

        withMachines(connection -> {
            Sql.execute(connection, statements[0]);
            assertThat(Sql.rows(connection, "SELECT mode FROM (" + statements[1] + ") readme"))
                    .containsExactly("idle", "user", "system", "iowait");
        });
    }
}
