package io.promgres.embedded;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The settings of the server that differ from PostgreSQL's defaults.
 *
 * @see <a href="https://www.postgresql.org/docs/18/runtime-config.html">Server Configuration</a>
 */
final class ServerSettings {

    private static final long MIB = 1L << 20;

    private final Map<String, String> settings;

    private ServerSettings(Map<String, String> settings) {
        this.settings = settings;
    }

    /**
     * @param memory of the machine or the container, in bytes: the server shares it with the daemon and others
     * @param more further settings, which win
     */
    static ServerSettings of(int port, long memory, Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>();
        addConnections(all, port);
        addMemory(all, memory);
        addWriting(all);
        addPlanning(all);
        addLog(all);
        all.putAll(more);
        return new ServerSettings(all);
    }

    /** The memory of this machine, or what its container may use, in bytes. */
    static long machineMemory() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
    }

    private static void addConnections(Map<String, String> all, int port) {
        all.put("listen_addresses", "127.0.0.1");
        all.put("port", String.valueOf(port));
        all.put("unix_socket_directories", "");
        all.put("max_connections", "50");
        all.put("password_encryption", "scram-sha-256");
    }

    /** An eighth for shared buffers: more would take from the page cache that partitions are read through. */
    private static void addMemory(Map<String, String> all, long memory) {
        all.put("shared_buffers", mebibytes(memory / 8, 128, 4096));
        all.put("effective_cache_size", mebibytes(memory / 2, 256, 1 << 20));
        all.put("maintenance_work_mem", mebibytes(memory / 32, 64, 512));
        all.put("work_mem", mebibytes(memory / 512, 8, 64));
        // A dump locks the views of every metric: thousands of relations.
        all.put("max_locks_per_transaction", "1024");
    }

    /**
     * Few and long checkpoints, because each one makes the first change of a page write the whole page to the log.
     * Files of the log that are there are used again: to make one stops all commits for the time that 16 MiB take to the disk.
     * wal_compression stays off: these builds have pglz only, which costs more than the writes it saves.
     */
    private static void addWriting(Map<String, String> all) {
        all.put("synchronous_commit", "on");
        all.put("min_wal_size", "512MB");
        all.put("max_wal_size", "4GB");
        all.put("checkpoint_timeout", "15min");
    }

    private static void addPlanning(Map<String, String> all) {
        all.put("random_page_cost", "1.1");
        // Compiling takes longer than most queries here, and these builds may lack it.
        all.put("jit", "off");
    }

    /** One file for each day of the week, in the directory log of the cluster; each is emptied when its day returns. */
    private static void addLog(Map<String, String> all) {
        all.put("logging_collector", "on");
        all.put("log_directory", ServerLog.DIRECTORY);
        all.put("log_filename", "postgres-%a.log");
        all.put("log_rotation_age", "1d");
        all.put("log_rotation_size", "0");
        all.put("log_truncate_on_rotation", "on");
        all.put("log_checkpoints", "off");
        all.put("log_line_prefix", "%m [%p] %q%u@%d ");
    }

    private static String mebibytes(long bytes, long least, long most) {
        return Math.max(least, Math.min(most, bytes / MIB)) + "MB";
    }

    /** As lines of postgresql.conf. */
    String text() {
        return settings.entrySet().stream()
                .map(e -> e.getKey() + " = '" + e.getValue().replace("'", "''") + "'\n")
                .collect(Collectors.joining(
                        "", "# Written by promgres at every start. Put your own settings into postgresql.conf.\n", ""));
    }
}
