package io.promgres.bench;

import io.promgres.config.DatabaseUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Packs everything that has landed, by the command that a user runs, and measures what it took. */
final class PackingRun {

    private final DaemonUnderLoad subject;
    private final Connection connection;

    PackingRun(DaemonUnderLoad subject) {
        this.subject = subject;
        this.connection = subject.connection();
    }

    /**
     * Adds what packing took.
     *
     * @param samples that have landed, all in blocks that have closed
     */
    void measure(Map<String, Double> once, long samples) throws SQLException, IOException, InterruptedException {
        drop("yardstick");
        long wal = Measured.walBytes(connection);
        double databaseCpu = subject.server().cpuSeconds();
        long begin = System.nanoTime();
        double packerCpu = subject.pack();
        once.put("packingSamplesPerSecond", samples / ((System.nanoTime() - begin) / 1e9));
        once.put("packingCpuPerMillion", packerCpu / samples * 1e6);
        once.put("packingDatabaseCpuPerMillion", (subject.server().cpuSeconds() - databaseCpu) / samples * 1e6);
        once.put("packingWalBytes", (double) (Measured.walBytes(connection) - wal) / samples);
        once.put("packedBytes", (double) packedBytes() / samples);
    }

    private void drop(String schema) throws SQLException {
        // Table by table: a transaction that drops thousands needs more locks than a server has.
        try (Statement statement = connection.createStatement()) {
            long tables = DatabaseServer.number(
                    connection, "SELECT count(*) FROM pg_tables WHERE schemaname = '" + schema + "'");
            for (int metric = 0; metric < tables - 1; metric++) {
                statement.execute("DROP TABLE " + schema + ".metric_" + metric);
            }
            statement.execute("DROP SCHEMA " + schema + " CASCADE");
        }
    }

    /** Packs all blocks that have closed; returns the packer's seconds of CPU. */
    static double pack(Options options, DatabaseUri database, Path log) throws IOException, InterruptedException {
        ProcessBuilder builder = DaemonProcess.builder(options.daemon(), database, log, "maintenance");
        builder.environment().put("PROMGRES_STORAGE_GRACE", "0s");
        Process process =
                builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        double cpu = 0;
        try {
            LinuxProcess linux = new LinuxProcess(process.pid());
            while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
                cpu = Math.max(cpu, linux.cpuSeconds());
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        if (process.exitValue() != 0) {
            throw new IOException("packing failed: " + Files.readString(log));
        }
        return cpu;
    }

    /** Of the packed tier and of what is left in the landing table. */
    private long packedBytes() throws SQLException {
        return DatabaseServer.number(
                connection,
                "SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c WHERE c.relkind IN ('r', 'm')"
                        + " AND c.relnamespace IN ('prom_data'::regnamespace, '_prom_landing'::regnamespace)");
    }
}
