package io.promgres;

import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import io.promgres.config.HostPort;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.energy.Energy;
import io.promgres.energy.Projector;
import io.promgres.energy.RuleFiles;
import io.promgres.energy.Rules;
import io.promgres.http.HealthEndpoint;
import io.promgres.http.HttpServer;
import io.promgres.http.HttpSettings;
import io.promgres.http.MetricsEndpoint;
import io.promgres.http.RemoteReadEndpoint;
import io.promgres.http.RemoteWrite;
import io.promgres.http.ResultsEndpoint;
import io.promgres.http.Routes;
import io.promgres.http.WriteEndpoint;
import io.promgres.http.WriteProtocol;
import io.promgres.ingest.InFlight;
import io.promgres.ingest.Ingest;
import io.promgres.maintenance.Maintenance;
import io.promgres.maintenance.Scheduler;
import io.promgres.observe.Metrics;
import io.promgres.observe.SelfScrape;
import io.promgres.perftest.LabelProjection;
import io.promgres.perftest.ResultStore;
import io.promgres.perftest.TableNames;
import io.promgres.remoteread.RemoteReader;
import io.promgres.schema.Migrations;
import io.promgres.series.KnownMetadata;
import io.promgres.series.Removals;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import io.promgres.store.Database;
import io.promgres.store.ExemplarStore;
import io.promgres.store.LandingWriter;
import io.promgres.store.LateWriter;
import io.promgres.store.MetadataStore;
import io.promgres.store.PartitionStore;
import io.promgres.store.Projection;
import io.promgres.store.SeriesStore;
import io.promgres.store.ViewStore;
import io.promgres.wire.Limits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole of promgres, and the only place where it is put together. What {@link #start} starts from top to bottom,
 * {@link #close} stops from bottom to top: HTTP first, so that nothing new comes in, the database last.
 */
public final class Daemon implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final Duration PARTITIONS_AHEAD = Duration.ofMinutes(1);
    private static final Duration STALE_VIEWS = Duration.ofMinutes(1);
    private static final Duration HOURLY = Duration.ofHours(1);
    private static final long METADATA_BYTES = 4 << 20;
    // The texts of labels, which series share, next to the series.
    private static final int SYMBOLS_SHARE = 4;
    private static final Duration PACK = Duration.ofSeconds(15);
    private static final Duration EXPIRE = Duration.ofMinutes(10);
    private static final Duration REQUESTS = Duration.ofSeconds(1);
    private static final Duration PROJECTION = Duration.ofSeconds(1);
    private static final long STOP_SECONDS = 5;
    private static final String RESULTS_PATH = "/perf-test/";
    private static final int RESULT_THREADS = 2;

    private record Part(String name, AutoCloseable closeable) {}

    private final Config config;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private InetSocketAddress address;
    private DatabaseUri databaseUri;

    private Daemon(Config config) {
        this.config = config;
    }

    /**
     * Starts everything, and returns when requests are taken.
     *
     * @throws RuntimeException with a message for the user if something does not start; nothing is left running
     * @throws IOException if the address cannot be listened on; likewise
     */
    public static Daemon start(Config config) throws IOException {
        Daemon daemon = new Daemon(config);
        try {
            daemon.start();
            return daemon;
        } catch (IOException | RuntimeException e) {
            daemon.close();
            throw e;
        }
    }

    private void start() throws IOException {
        Rules rules = RuleFiles.read(config.energy().rules());
        databaseUri = config.db().orElseGet(this::startDatabase);
        if (config.migrate()) {
            int migrations = new Migrations(databaseUri).migrate();
            LOG.info("schema is up to date, {} migrations ran", migrations);
        }
        Metrics metrics = closing("metrics", new Metrics(Version.current()));
        Database database =
                closing("pool", new Database(databaseUri, config.database().poolSize(), metrics.registry()));
        SeriesCache cache = new SeriesCache(config.ingest().seriesCacheBytes());
        Removals removals = new Removals(cache);
        SymbolTable symbols =
                new SymbolTable(Math.max(SeriesCache.SMALLEST, config.ingest().seriesCacheBytes() / SYMBOLS_SHARE));
        KnownMetadata knownMetadata = new KnownMetadata(METADATA_BYTES);
        MetadataStore metadata = new MetadataStore(database.pool());
        ExemplarStore exemplars = new ExemplarStore(database.pool());
        PartitionStore partitions =
                new PartitionStore(database.pool(), config.storage().block());
        ViewStore views = new ViewStore(database.pool());
        Projection projection = projection(database, rules, metrics);
        Ingest.Stores stores = new Ingest.Stores(
                new SeriesStore(database.pool()),
                views,
                new LandingWriter(database.pool(), config.storage().block(), projection),
                new LateWriter(database.pool(), config.storage().block(), projection),
                metadata,
                exemplars,
                projection);
        Ingest ingest = closing("ingest", new Ingest(stores, removals, knownMetadata, metrics));
        ingest.start();
        ExecutorService workers = closingExecutor(
                "workers", Executors.newFixedThreadPool(config.ingest().workers(), threads("promgres-decode")));
        ExecutorService others =
                closingExecutor("requests", Executors.newFixedThreadPool(2, threads("promgres-request")));
        ExecutorService inserts =
                closingExecutor("results", Executors.newFixedThreadPool(RESULT_THREADS, threads("promgres-results")));
        InFlight inFlight = new InFlight(config.ingest().maxInFlightBytes());
        show(metrics, inFlight, cache);

        Limits limits = limits(config.ingest());
        RemoteWrite.Known known = new RemoteWrite.Known(cache::reader, symbols, knownMetadata);
        RemoteWrite remoteWrite = new RemoteWrite(known, removals::epoch, limits, Clock.systemUTC(), ingest, metrics);
        WriteEndpoint write = new WriteEndpoint(
                remoteWrite,
                EnumSet.allOf(WriteProtocol.class),
                (int) config.ingest().maxBodyBytes(),
                limits.maxDecodedBytes());
        ExecutorService readers = closingExecutor(
                "readers", Executors.newFixedThreadPool(config.remoteRead().workers(), threads("promgres-read")));
        RemoteReadEndpoint read = new RemoteReadEndpoint(
                new RemoteReader(
                        database.background(),
                        database::discard,
                        config.remoteRead().maxSeries()),
                config.remoteRead().maxSamples());
        Routes routes = Routes.builder(metrics)
                .add("POST", "/api/v1/write", write, workers)
                .add("POST", "/write", write, workers)
                .add("POST", "/api/v1/read", read, readers)
                .add("POST", "/read", read, readers)
                .addBelow(RESULTS_PATH, results(database), inserts)
                .add("GET", "/metrics", new MetricsEndpoint(metrics.registry()), others)
                .add("GET", "/-/healthy", HealthEndpoint.alive(), Runnable::run)
                .add("GET", "/-/ready", HealthEndpoint.ready(() -> unready(database)), others)
                .build();
        Maintenance maintenance = closing("lead", maintenance(database, ingest, metrics));
        Scheduler packing = closing("maintenance", new Scheduler("promgres-maintenance"));
        packing.every(PACK, "packing", maintenance::pack);
        packing.every(EXPIRE, "retention", maintenance::expire);
        packing.every(REQUESTS, "requests", maintenance::answerRequests);
        Scheduler scheduler = closing("housekeeping", new Scheduler("promgres-housekeeping"));
        scheduler.every(
                PARTITIONS_AHEAD,
                "partitions",
                () -> partitions.makeAhead(Clock.systemUTC().instant()));
        scheduler.every(STALE_VIEWS, "views", () -> ingest.makeViews(views.stale()));
        scheduler.every(STALE_VIEWS, "view comments", metadata::commentViews);
        scheduler.every(HOURLY, "exemplars expired", exemplars::expire);
        scheduler.every(HOURLY, "metadata seen", knownMetadata::clear);
        HttpServer http = closing("http", HttpServer.start(httpSettings(), routes, inFlight, metrics));
        address = http.address();
        if (!config.selfMonitoring().interval().isZero()) {
            SelfMonitor monitor = new SelfMonitor(
                    new SelfScrape(metrics.registry().getPrometheusRegistry()),
                    remoteWrite,
                    Clock.systemUTC(),
                    new HostPort(config.listen().host(), address.getPort()).toString());
            scheduler.every(config.selfMonitoring().interval(), "self-monitoring", monitor::scrape);
        }
    }

    private DatabaseUri startDatabase() {
        return closing("embedded database", EmbeddedPostgres.start(config.dataDir(), config.dbPort()))
                .uri();
    }

    private Maintenance maintenance(Database database, Ingest ingest, Metrics metrics) {
        return Maintenance.of(database.background(), config.storage(), metrics, unit -> {
            // As much rest as work, while there is something to take in.
            if (ingest.isBusy()) {
                Thread.sleep(unit.toMillis());
            }
        });
    }

    private Projection projection(Database database, Rules rules, Metrics metrics) throws IOException {
        Projection results = labelledResults(database);
        return config.energy().enabled() ? Projection.all(List.of(results, energy(database, rules, metrics))) : results;
    }

    private Projection labelledResults(Database database) {
        LabelProjection results = new LabelProjection(database.background());
        closing("results from labels", new Scheduler("promgres-projection"))
                .every(PROJECTION, "results from labels", results::project);
        return results;
    }

    private Projection energy(Database database, Rules rules, Metrics metrics) throws IOException {
        try {
            Projection watch = Energy.watch(database.pool(), rules, metrics);
            Projector projector = new Projector(database.background(), Clock.systemUTC());
            closing("energy", new Scheduler("promgres-energy")).every(PROJECTION, "energy", projector::run);
            return watch;
        } catch (SQLException e) {
            throw new IOException("the energy rules cannot be put in force: " + e.getMessage(), e);
        }
    }

    private ResultsEndpoint results(Database database) {
        return new ResultsEndpoint(
                RESULTS_PATH,
                new TableNames(config.perfTest().prefixes().list()),
                new ResultStore(database.pool()),
                (int) config.perfTest().maxBodyBytes());
    }

    private static void show(Metrics metrics, InFlight inFlight, SeriesCache cache) {
        metrics.showInFlight(inFlight::usedBytes, inFlight::budgetBytes, inFlight::waiting);
        metrics.showSeriesCache(cache::entries, cache::bytes);
        metrics.showSeriesCacheUse(cache::hits, cache::misses);
    }

    private static Limits limits(Config.Ingest ingest) {
        return new Limits(
                (int) ingest.maxDecodedBytes(),
                Limits.DEFAULT.maxSamples(),
                ingest.maxLabels(),
                ingest.maxLabelNameBytes(),
                ingest.maxLabelValueBytes(),
                ingest.maxAhead());
    }

    private HttpSettings httpSettings() {
        HttpSettings standard = HttpSettings.listeningOn(
                new InetSocketAddress(config.listen().host(), config.listen().port()));
        return standard.withQueueTimeout(config.ingest().queueTimeout());
    }

    private static Optional<String> unready(Database database) {
        try {
            database.checkWritable();
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of("the database does not take samples: " + e.getMessage());
        }
    }

    /** What a person has to know to use it: the address, the remote_write block, the psql command. */
    public String greeting() {
        String url = "http://" + new HostPort(config.listen().host(), address.getPort());
        String psql = config.db().isPresent()
                ? "psql '" + databaseUri.withoutPassword() + "'"
                : "psql \"$(cat " + config.dataDir().resolve("database.uri") + ")\"";
        return """
                promgres %s listens on %s

                prometheus.yml:

                    remote_write:
                      - url: %s/api/v1/write

                SQL:

                    %s
                """.formatted(Version.current(), url, url, psql);
    }

    /** Where HTTP requests are taken: the port is the real one, if a free one was asked for. */
    public InetSocketAddress address() {
        return address;
    }

    /** Returns when {@link #close} is done. */
    public void awaitStopped() throws InterruptedException {
        stopped.await();
    }

    private <T extends AutoCloseable> T closing(String name, T part) {
        parts.push(new Part(name, part));
        return part;
    }

    private ExecutorService closingExecutor(String name, ExecutorService executor) {
        parts.push(new Part(name, () -> {
            executor.shutdown();
            executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        }));
        return executor;
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> new Thread(task, name + "-" + number.incrementAndGet());
    }

    /** Finishes what was accepted and stops everything; the second time does nothing. */
    @Override
    public synchronized void close() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            long begin = System.nanoTime();
            try {
                part.closeable().close();
                LOG.info("{} stopped in {} ms", part.name(), (System.nanoTime() - begin) / 1_000_000);
            } catch (Exception e) {
                LOG.warn("{} did not stop cleanly", part.name(), e);
            }
        }
        stopped.countDown();
    }
}
