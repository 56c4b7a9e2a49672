package io.promgres.bench;

import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/** The processes of a run, and what they have used so far. */
public final class Measured {

    private static final int LONGEST_SECONDS_TO_REST = 60;

    /** Seconds of CPU in a second. */
    private static final double CPU_OF_REST = 0.1;

    private static final String TO_BE_PROJECTED =
            "SELECT (SELECT count(*) FROM _energy.touched) + (SELECT count(*) FROM _energy.pending)";

    private final DatabaseServer server;
    private final Connection connection;
    private final DaemonProcess daemon;
    private final GeneratorProcess generator;

    Measured(DatabaseServer server, Connection connection, DaemonProcess daemon, GeneratorProcess generator) {
        this.server = server;
        this.connection = connection;
        this.daemon = daemon;
        this.generator = generator;
    }

    private record Usage(
            double daemonCpu, double ownCpu, double databaseCpu, double generatorCpu, long wal, long disk) {}

    /**
     * The generator sends to the daemon.
     *
     * @param rate samples a second; 0 for as many as possible
     */
    Turn send(double seconds, double rate) throws Exception {
        return send(seconds, rate, () -> {});
    }

    /** As {@link #send}; but what the daemon and the database do afterwards, until they rest, is in the figures too. */
    Turn sendAndRest(double seconds, double rate) throws Exception {
        return send(seconds, rate, this::awaitRest);
    }

    private interface Afterwards {
        void run() throws Exception;
    }

    private Turn send(double seconds, double rate, Afterwards afterwards) throws Exception {
        long allocated = daemon.allocatedBytes();
        Usage before = usage();
        GeneratorProcess.Sent sent = generator.send(seconds, rate);
        afterwards.run();
        Usage after = usage();
        return new Turn(
                sent.samples(),
                sent.seconds(),
                after.daemonCpu - before.daemonCpu,
                after.databaseCpu - before.databaseCpu,
                after.generatorCpu - before.generatorCpu,
                after.wal - before.wal,
                after.disk - before.disk,
                daemon.allocatedBytes() - allocated,
                sent.p50(),
                sent.p99());
    }

    /** A yardstick runs until the time is over, at least once. */
    Turn run(Yardstick yardstick, double seconds) throws Exception {
        yardstick.prepare();
        Usage before = usage();
        long begin = System.nanoTime();
        long samples = 0;
        do {
            samples += yardstick.run();
        } while (System.nanoTime() - begin < seconds * 1e9);
        double took = (System.nanoTime() - begin) / 1e9;
        Usage after = usage();
        return new Turn(
                samples,
                took,
                after.ownCpu - before.ownCpu,
                yardstick.stores() ? after.databaseCpu - before.databaseCpu : 0,
                0,
                yardstick.stores() ? after.wal - before.wal : 0,
                yardstick.stores() ? after.disk - before.disk : 0,
                0,
                0,
                0);
    }

    /** Returns when nothing is left to be projected and the processes have used next to no CPU for a second. */
    private void awaitRest() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS_TO_REST);
        double before = daemon.cpuSeconds() + server.cpuSeconds();
        while (System.nanoTime() < end) {
            TimeUnit.SECONDS.sleep(1);
            double after = daemon.cpuSeconds() + server.cpuSeconds();
            if (after - before < CPU_OF_REST && DatabaseServer.number(connection, TO_BE_PROJECTED) == 0) {
                return;
            }
            before = after;
        }
        System.err.println("the daemon and the database did not come to rest within " + LONGEST_SECONDS_TO_REST + " s");
    }

    private Usage usage() throws SQLException {
        return new Usage(
                daemon.cpuSeconds(),
                ownCpuSeconds(),
                server.cpuSeconds(),
                generator.cpuSeconds(),
                walBytes(connection),
                diskBytes(connection));
    }

    /** Seconds of CPU of this process. */
    static double ownCpuSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }

    public static long walBytes(Connection connection) throws SQLException {
        return DatabaseServer.number(connection, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
    }

    static long diskBytes(Connection connection) throws SQLException {
        return DatabaseServer.number(connection, "SELECT pg_database_size(current_database())");
    }
}
