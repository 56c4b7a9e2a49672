package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Sql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a daemon takes of its machine at a moment. Linux only.
 *
 * @param seconds since the begin
 * @param scrapes that have been acknowledged
 * @param heap used after a full collection, MiB
 * @param resident memory of the process, MiB
 * @param threads of the process
 * @param descriptors open files and sockets of the process
 * @param connections to its database
 */
record Footprint(
        long seconds, int scrapes, long heap, long resident, long threads, long descriptors, long connections) {

    private static final long KIB_PER_MIB = 1024;
    private static final Pattern USED = Pattern.compile("(?:heap|generation) .*used (\\d+)K");

    static final String HEADING = "%8s %10s %9s %13s %8s %12s %12s"
            .formatted("seconds", "scrapes", "heap MiB", "resident MiB", "threads", "descriptors", "connections");

    /** @param database of the daemon, with no other one on it */
    static Footprint of(long pid, long seconds, int scrapes, Connection database)
            throws IOException, InterruptedException, SQLException {
        jcmd(pid, "GC.run");
        return new Footprint(
                seconds,
                scrapes,
                heap(jcmd(pid, "GC.heap_info")),
                status(pid, "VmRSS") / KIB_PER_MIB,
                status(pid, "Threads"),
                descriptors(pid),
                Long.parseLong(Sql.value(
                        database, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'promgres'")));
    }

    private static long heap(String info) {
        Matcher matcher = USED.matcher(info);
        long used = 0;
        while (matcher.find()) {
            used += Long.parseLong(matcher.group(1));
        }
        assertThat(used).as(info).isPositive();
        return used / KIB_PER_MIB;
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static long status(long pid, String name) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
        return lines.stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    private static long descriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        }
    }

    /** Under {@link #HEADING}. */
    String line() {
        return "%8d %10d %9d %13d %8d %12d %12d"
                .formatted(seconds, scrapes, heap, resident, threads, descriptors, connections);
    }
}
