package io.promgres.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Measures the whole daemon, HTTP request to commit, beside yardsticks that write or decode the same data on the same machine.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench=end-to-end}</pre>
 *
 * <p>How to read what it prints: src/docs/performance.md.
 */
final class EndToEndBenchmark {

    private EndToEndBenchmark() {}

    static void run(Options options) throws Exception {
        Path work = options.directory().resolve("work");
        Cleanup.delete(work);
        Files.createDirectories(work);
        try (Cleanup cleanup = Cleanup.atShutdown()) {
            cleanup.add(() -> Cleanup.delete(work));
            DatabaseServer server = cleanup.add(new DatabaseServer(work.resolve("database")));
            Study study = study(options, server);
            for (Workload workload : options.workloads()) {
                for (int series : options.series()) {
                    for (Protocol protocol : options.protocols()) {
                        System.err.printf(
                                "%s: %s, remote write %s, %,d series%n",
                                workload, workload.description(), protocol.label(), series);
                        study.measure(workload, protocol, series, cleanup);
                        // What is there stays, should a later one fail.
                        study.write(options.directory());
                    }
                }
            }
            System.out.print(study.markdown());
        }
    }

    private static Study study(Options options, DatabaseServer server) throws SQLException {
        Map<String, Object> circumstances = circumstances(options, server);
        if (!options.compare().isEmpty()) {
            return new Comparison(options, server, circumstances);
        }
        if (options.queries()) {
            return new QueriesWhileIngesting(options, server, circumstances);
        }
        return new SpeedStudy(options, server, circumstances);
    }

    private static Map<String, Object> circumstances(Options options, DatabaseServer server) throws SQLException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("date", Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
        all.put("processors", Runtime.getRuntime().availableProcessors());
        all.put(
                "load average before",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        all.put("PostgreSQL", server.version());
        all.put("Java", Runtime.version().toString());
        all.put(
                "daemon",
                ("-Xmx" + options.daemon().xmx() + " "
                                + String.join(" ", options.daemon().jvm()))
                        .strip());
        if (!options.daemon().settings().isEmpty()) {
            all.put("settings", options.daemon().settings().toString());
        }
        if (!options.compare().isEmpty()) {
            all.put("compared with", options.compare().toString());
        }
        if (options.rate() > 0) {
            all.put("samples/s sent", options.rate());
        }
        all.put("days stored before", options.stored());
        all.put("rounds", options.rounds() + " of " + options.seconds() + " s, medians");
        return all;
    }
}
