package io.promgres.bench;

import io.promgres.config.DatabaseUri;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * One workload, one protocol, one number of series, on a database and a daemon of its own. The daemon and the yardsticks take
 * turns, so that what else the machine does meets all of them.
 */
final class Run {

    private static final long BLOCK_MILLIS = 7_200_000;
    private static final long BACK_MILLIS = 23 * 3_600_000L;
    private static final long VIEWS_SECONDS = 600;

    private static final String STORED = "SELECT coalesce(sum(cardinality(values) - cardinality("
            + "array_positions(values, NULL))), 0)::bigint FROM prom_data.landing";

    private final Options options;
    private final DatabaseServer server;
    private final Load load;
    private final DatabaseUri database;
    private final Path log;
    private final Cleanup cleanup;
    private final List<Yardstick> yardsticks = new ArrayList<>();
    private final List<List<Turn>> turnsOfYardsticks = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();

    private Run(Options options, DatabaseServer server, Load load, DatabaseUri database, Cleanup cleanup) {
        this.options = options;
        this.server = server;
        this.load = load;
        this.database = database;
        this.cleanup = cleanup;
        this.log = options.directory().resolve("work").resolve("processes.log");
    }

    /** Measures, and leaves nothing of it behind. */
    static List<Result> of(
            Options options, DatabaseServer server, Workload workload, Protocol protocol, int series, Cleanup all)
            throws Exception {
        String name = "bench_" + System.nanoTime();
        DatabaseUri database = server.create(name);
        try (Cleanup cleanup = all.add(new Cleanup())) {
            Timeline timeline = new Timeline(
                    begin(), Timeline.intervalFor(workload.population(series).size()));
            return new Run(options, server, new Load(workload, protocol, series, timeline), database, cleanup).run();
        } finally {
            server.drop(name);
        }
    }

    /** Almost a day ago: there is no more time than from then until now. */
    private static long begin() {
        return (System.currentTimeMillis() - BACK_MILLIS) / BLOCK_MILLIS * BLOCK_MILLIS + BLOCK_MILLIS;
    }

    private List<Result> run() throws Exception {
        DaemonProcess daemon = cleanup.add(new DaemonProcess(options, database, log));
        History.store(options.stored(), options, load, database, daemon.port(), log);
        GeneratorProcess generator = cleanup.add(new GeneratorProcess(load, daemon.port(), log));
        Connection connection = cleanup.add(DatabaseServer.connect(database));
        long before = DatabaseServer.number(connection, STORED);
        GeneratorProcess.Sent first = generator.scrape();
        awaitViews(connection);
        Population population = load.workload().population(load.series());
        addYardstick(new RawRows(database, population, load.timeline()));
        addYardstick(new RowsPerMetric(database, population, load.timeline()));
        addYardstick(new DecoderAlone(load));
        Measured measured = new Measured(server, connection, daemon, generator);
        takeTurns(measured);
        Result result = Result.of(load, "promgres", turns, turnsOfYardsticks.get(0), turnsOfYardsticks.get(1));
        // The latency is the daemon's, not that of a disk that still has the yardsticks to write.
        server.settle();
        double half = Turn.median(turns, Turn::rate) / 2;
        result.once().put("p99AtHalf", measured.send(options.seconds(), half).p99());
        result.once().put("newSeriesPerSecond", first.rate());
        result.once().put("residentBytes", (double) daemon.residentBytes());
        result.once().put("liveHeapBytes", (double) daemon.liveBytes());
        verify(connection, before + generator.acknowledged());
        cleanup.close(generator);
        cleanup.close(daemon);
        if (options.packing()) {
            new PackingRun(options, server, database, connection, log).measure(result.once(), generator.acknowledged());
        }
        result.once().put("restartSeconds", restart());
        return results(result);
    }

    private void addYardstick(Yardstick yardstick) {
        yardsticks.add(cleanup.add(yardstick));
        turnsOfYardsticks.add(new ArrayList<>());
    }

    /** The first round warms up and is not counted: the daemon for so long that its JVM has compiled what is hot. */
    private void takeTurns(Measured measured) throws Exception {
        for (int round = 0; round <= options.rounds(); round++) {
            Turn turn = measured.send(round == 0 ? options.warmUp() : options.seconds(), 0);
            if (round > 0) {
                turns.add(turn);
            }
            for (int i = 0; i < yardsticks.size(); i++) {
                Turn ofYardstick = measured.run(yardsticks.get(i), options.seconds());
                if (round > 0) {
                    turnsOfYardsticks.get(i).add(ofYardstick);
                }
            }
        }
    }

    /** The daemon's own store of views is behind by some seconds when thousands of metrics are new. */
    private static void awaitViews(Connection connection) throws SQLException, IOException {
        long end = System.nanoTime() + VIEWS_SECONDS * 1_000_000_000;
        while (DatabaseServer.number(connection, "SELECT count(*) FROM _prom_catalog.stale_views()") > 0) {
            if (System.nanoTime() > end) {
                throw new IOException("the views of all metrics were not made within " + VIEWS_SECONDS + " s");
            }
            LockSupport.parkNanos(100_000_000);
        }
    }

    /** @throws IOException if it is not stored, sample for sample: figures of a daemon that loses data are worth nothing */
    private static void verify(Connection connection, long acknowledged) throws SQLException, IOException {
        long stored = DatabaseServer.number(connection, STORED);
        if (stored != acknowledged) {
            throw new IOException(acknowledged + " samples were acknowledged, and " + stored + " are stored");
        }
    }

    private double restart() throws Exception {
        DaemonProcess again = cleanup.add(new DaemonProcess(options, database, log));
        double seconds = again.startSeconds();
        cleanup.close(again);
        return seconds;
    }

    private List<Result> results(Result daemon) {
        List<Result> results = new ArrayList<>(List.of(daemon));
        for (int i = 0; i < yardsticks.size(); i++) {
            results.add(Result.of(
                    load,
                    yardsticks.get(i).name(),
                    turnsOfYardsticks.get(i),
                    turnsOfYardsticks.get(0),
                    turnsOfYardsticks.get(1)));
        }
        return results;
    }
}
