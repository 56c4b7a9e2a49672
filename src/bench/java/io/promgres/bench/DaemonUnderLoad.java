package io.promgres.bench;

import io.promgres.config.DatabaseUri;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;

/** A daemon on a database of its own, and a load generator that sends to it: all that has to be there before a turn. */
final class DaemonUnderLoad {

    private static final long BLOCK_MILLIS = 7_200_000;
    private static final long BACK_MILLIS = 23 * 3_600_000L;
    private static final long VIEWS_SECONDS = 600;

    private static final String STORED = "SELECT (SELECT coalesce(sum(cardinality(values) - cardinality("
            + "array_positions(values, NULL))), 0) FROM prom_data.landing)::bigint"
            + " + (SELECT coalesce(sum(samples), 0) FROM _prom_catalog.packed_block)::bigint";

    private final Options options;
    private final DatabaseServer server;
    private final Load load;
    private final DatabaseUri database;
    private final Cleanup cleanup;
    private final Path log;
    private final DaemonProcess daemon;
    private final GeneratorProcess generator;
    private final Connection connection;
    private final Measured measured;
    private final long storedBefore;

    /**
     * Starts both on a database that has nothing but a history, packed, and sends nothing of the load.
     *
     * @param cleanup closes what is started, and drops the database
     */
    DaemonUnderLoad(Options options, DatabaseServer server, Load load, History history, Cleanup cleanup)
            throws Exception {
        this.options = options;
        this.server = server;
        this.load = load;
        this.cleanup = cleanup;
        this.log = options.directory().resolve("work").resolve("processes.log");
        String name = "bench_" + System.nanoTime();
        database = server.create(name);
        cleanup.add(() -> server.drop(name));
        daemon = start(history);
        generator = cleanup.add(new GeneratorProcess(load, daemon.port(), log));
        connection = cleanup.add(DatabaseServer.connect(database));
        storedBefore = DatabaseServer.number(connection, STORED);
        measured = new Measured(server, connection, daemon, generator);
    }

    private DaemonProcess start(History history) throws Exception {
        if (history.scrapes() == 0) {
            return cleanup.add(new DaemonProcess(options.daemon(), database, log));
        }
        try (ClosedBlocks blocks = new ClosedBlocks(database)) {
            DaemonProcess started = cleanup.add(new DaemonProcess(options.daemon(), database, log));
            history.send(load, started.port(), log);
            blocks.pack();
            return started;
        }
    }

    /** Almost a day ago: there is no more time than from then until now. Milliseconds since the epoch, the begin of a block. */
    static long begin() {
        return (System.currentTimeMillis() - BACK_MILLIS) / BLOCK_MILLIS * BLOCK_MILLIS + BLOCK_MILLIS;
    }

    /** Sends every series once, and waits until the views are there. */
    GeneratorProcess.Sent first() throws SQLException, IOException {
        GeneratorProcess.Sent first = generator.scrape();
        awaitViews();
        return first;
    }

    /** The daemon's own store of views is behind by some seconds when thousands of metrics are new. */
    private void awaitViews() throws SQLException, IOException {
        long end = System.nanoTime() + VIEWS_SECONDS * 1_000_000_000;
        while (DatabaseServer.number(connection, "SELECT count(*) FROM _prom_catalog.stale_views()") > 0) {
            if (System.nanoTime() > end) {
                throw new IOException("the views of all metrics were not made within " + VIEWS_SECONDS + " s");
            }
            LockSupport.parkNanos(100_000_000);
        }
    }

    /** @throws IOException if it is not stored, sample for sample: figures of a daemon that loses data are worth nothing */
    void verify() throws SQLException, IOException {
        long acknowledged = storedBefore + generator.acknowledged();
        long stored = DatabaseServer.number(connection, STORED);
        if (stored != acknowledged) {
            throw new IOException(acknowledged + " samples were acknowledged, and " + stored + " are stored");
        }
    }

    /** Packs all that has landed in blocks that have closed; returns the packer's seconds of CPU. */
    double pack() throws IOException, InterruptedException {
        return PackingRun.pack(options, database, log);
    }

    /** Stops the daemon and the generator; the database stays. */
    void stop() {
        cleanup.close(generator);
        cleanup.close(daemon);
    }

    /** Seconds from the start of another process of the daemon on the database until it takes requests. */
    double restart() throws Exception {
        DaemonProcess again = cleanup.add(new DaemonProcess(options.daemon(), database, log));
        double seconds = again.startSeconds();
        cleanup.close(again);
        return seconds;
    }

    Options options() {
        return options;
    }

    DatabaseServer server() {
        return server;
    }

    Load load() {
        return load;
    }

    DatabaseUri database() {
        return database;
    }

    DaemonProcess daemon() {
        return daemon;
    }

    GeneratorProcess generator() {
        return generator;
    }

    Connection connection() {
        return connection;
    }

    Measured measured() {
        return measured;
    }
}
