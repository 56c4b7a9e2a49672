package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.SteadyLoad;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon at work for a while, with short blocks that are packed all the time: what it takes of its machine stays the same.
 * {@code -Dfaults.soak=30} makes it 30 minutes instead of some seconds. The table is printed, and left in target/soak.txt.
 */
@AnyServer
class SoakIT {

    private static final int SENDERS = 3;
    private static final int SERIES = 40;
    private static final int LOOKS = 10;
    private static final long MOST_MIB_MORE = 48;
    private static final long MOST_THREADS_MORE = 8;
    private static final long MOST_CONNECTIONS = 20;
    private static final Duration LONGEST_BETWEEN_LOOKS = Duration.ofMinutes(1);
    private static final Duration LENGTH = Integer.getInteger("faults.soak", 0) == 0
            ? Duration.ofSeconds(15)
            : Duration.ofMinutes(Integer.getInteger("faults.soak"));
    private static final Map<String, String> SHORT_BLOCKS = Map.of(
            "PROMGRES_STORAGE_BLOCK", "1m",
            "PROMGRES_STORAGE_GRACE", "0s",
            "PROMGRES_SELF_MONITORING_INTERVAL", "1s");

    @TempDir
    private Path directory;

    private final List<Footprint> footprints = new ArrayList<>();

    @Test
    void memoryThreadsAndConnectionsStayTheSame() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "reads /proc");
        try (PackagedDaemon daemon = PackagedDaemon.start(directory, 0, SHORT_BLOCKS);
                SteadyLoad load = SteadyLoad.inTime(SENDERS, daemon.sender());
                Connection connection = daemon.connect()) {
            Sql.execute(
                    connection,
                    "SELECT prom_api.config_maintenance_jobs(number_jobs => 1, new_schedule_interval => '5 seconds')");
            load.awaitProgress();
            look(daemon, load, connection);
            load.end();
            publish();
            assertStored(load, connection);
        }
        assertThat(growth(Footprint::heap)).as("heap after collection, MiB").isLessThan(MOST_MIB_MORE);
        assertThat(growth(Footprint::threads)).isLessThan(MOST_THREADS_MORE);
        assertThat(footprints).allMatch(footprint -> footprint.connections() <= MOST_CONNECTIONS);
    }

    private void look(PackagedDaemon daemon, SteadyLoad load, Connection connection) throws Exception {
        Duration tenth = LENGTH.dividedBy(LOOKS);
        long between = (tenth.compareTo(LONGEST_BETWEEN_LOOKS) > 0 ? LONGEST_BETWEEN_LOOKS : tenth).toNanos();
        long begin = System.nanoTime();
        for (long next = between; next <= LENGTH.toNanos(); next += between) {
            long at = begin + next;
            Await.until("it is time to look", () -> System.nanoTime() - at >= 0);
            long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
            footprints.add(Footprint.of(daemon.pid(), seconds, load.acknowledged(), connection));
        }
    }

    private void publish() throws Exception {
        List<String> lines = new ArrayList<>(List.of(Footprint.HEADING));
        footprints.forEach(footprint -> lines.add(footprint.line()));
        lines.forEach(System.out::println);
        Files.write(Files.createDirectories(Path.of("target")).resolve("soak.txt"), lines);
    }

    /** Too many to compare one by one: their number is right, and none is there twice. */
    private static void assertStored(SteadyLoad load, Connection connection) throws Exception {
        Await.views(connection);
        long stored = 0;
        long twice = 0;
        for (String view :
                Sql.rows(connection, "SELECT table_name FROM prom_info.metric WHERE metric_name LIKE 'steady_%'")) {
            String[] counts = Sql.value(
                            connection,
                            "SELECT count(*) || ',' || count(DISTINCT (series_id, time)) FROM prom_metric." + view)
                    .split(",");
            stored += Long.parseLong(counts[0]);
            twice += Long.parseLong(counts[0]) - Long.parseLong(counts[1]);
        }
        long acknowledged = (long) load.acknowledged() * SERIES;
        System.out.printf("acknowledged %d, found %d, of these twice %d%n", acknowledged, stored, twice);
        assertThat(twice).isZero();
        assertThat(stored).isBetween(acknowledged, acknowledged + SENDERS * SERIES);
    }

    /** From the median of the second third, when everything has been used, to that of the last. */
    private long growth(ToLongFunction<Footprint> figure) {
        int third = footprints.size() / 3;
        return median(footprints.subList(2 * third, footprints.size()), figure)
                - median(footprints.subList(third, 2 * third), figure);
    }

    private static long median(List<Footprint> some, ToLongFunction<Footprint> figure) {
        return some.stream()
                .mapToLong(figure)
                .sorted()
                .skip(some.size() / 2)
                .findFirst()
                .orElseThrow();
    }
}
