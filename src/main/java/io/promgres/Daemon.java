package io.promgres;

import io.promgres.access.RouteGroup;
import io.promgres.config.Config;
import io.promgres.config.ConfigException;
import io.promgres.config.DatabaseUri;
import io.promgres.config.HostPort;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.energy.Energy;
import io.promgres.energy.Projector;
import io.promgres.energy.RuleFiles;
import io.promgres.energy.Rules;
import io.promgres.http.Endpoint;
import io.promgres.http.HealthEndpoint;
import io.promgres.http.HttpLimits;
import io.promgres.http.HttpServer;
import io.promgres.http.HttpSettings;
import io.promgres.http.MetricsEndpoint;
import io.promgres.http.PageEndpoint;
import io.promgres.http.ReloadEndpoint;
import io.promgres.http.RemoteReadEndpoint;
import io.promgres.http.RemoteWrite;
import io.promgres.http.ResultsEndpoint;
import io.promgres.http.Routes;
import io.promgres.http.StatusEndpoint;
import io.promgres.http.WebAccess;
import io.promgres.http.WriteEndpoint;
import io.promgres.http.WriteProtocol;
import io.promgres.http.WriteReceiver;
import io.promgres.ingest.InFlight;
import io.promgres.ingest.Ingest;
import io.promgres.ingest.SeriesLimits;
import io.promgres.maintenance.Maintenance;
import io.promgres.maintenance.Scheduler;
import io.promgres.observe.Metrics;
import io.promgres.observe.SelfScrape;
import io.promgres.observe.Throughput;
import io.promgres.perftest.LabelProjection;
import io.promgres.perftest.ResultStore;
import io.promgres.perftest.TableNames;
import io.promgres.remoteread.ReadScope;
import io.promgres.remoteread.RemoteReader;
import io.promgres.schema.Migrations;
import io.promgres.series.KnownMetadata;
import io.promgres.series.KnownStarts;
import io.promgres.series.Removals;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import io.promgres.status.Answers;
import io.promgres.status.LiveFigures;
import io.promgres.status.StatusStore;
import io.promgres.status.WebFiles;
import io.promgres.store.Database;
import io.promgres.store.ExemplarStore;
import io.promgres.store.HistogramStore;
import io.promgres.store.LandingWriter;
import io.promgres.store.LateWriter;
import io.promgres.store.MetadataStore;
import io.promgres.store.PartitionStore;
import io.promgres.store.Projection;
import io.promgres.store.SeriesStore;
import io.promgres.store.StartStore;
import io.promgres.store.StoreSize;
import io.promgres.store.ViewStore;
import io.promgres.wire.Limits;
import io.promgres.wire.Sender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole of promgres, and the only place where it is put together. What {@link #start} starts from top to bottom,
 * {@link #close} stops from bottom to top: HTTP first, so that nothing new comes in, the database last.
 */
public final class Daemon implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final Duration PARTITIONS_AHEAD = Duration.ofMinutes(1);
    private static final Duration STORE_SIZE = Duration.ofMinutes(1);
    private static final Duration STALE_VIEWS = Duration.ofMinutes(1);
    private static final Duration RELOAD = Duration.ofSeconds(5);
    private static final Duration HOURLY = Duration.ofHours(1);
    private static final long METADATA_BYTES = 4 << 20;
    // The texts of labels, which series share, next to the series.
    private static final int SYMBOLS_SHARE = 4;
    // How often the settings of maintenance, and requests for it, are looked at.
    private static final Duration MAINTENANCE = Duration.ofSeconds(1);
    private static final Duration PROJECTION = Duration.ofSeconds(1);
    private static final long STOP_SECONDS = 5;
    private static final String RESULTS_PATH = "/perf-test/";
    private static final int RESULT_THREADS = 2;
    private static final int OTHER_THREADS = 2;
    private static final String STATUS_PATH = "/api/v1/status/";
    private static final String WEB_PATH = "/web/";
    private static final int STATUS_THREADS = 2;
    private static final Duration STATUS_PATIENCE = Duration.ofSeconds(5);

    private record Part(String name, AutoCloseable closeable) {}

    private final Supplier<Config> source;
    private final Config config;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private DatabaseUri databaseUri;
    private Metrics metrics;
    private Database database;
    private Ingest ingest;
    private Senders senders;
    private WebAccess access;
    private volatile Reloading reloading;
    private volatile HttpServer http;
    private InetSocketAddress address;

    private Daemon(Config config, Supplier<Config> source) {
        this.config = config;
        this.source = source;
    }

    /**
     * Starts everything, and returns when requests are taken.
     *
     * @throws RuntimeException with a message for the user if something does not start; nothing is left running
     * @throws IOException if the address cannot be listened on; likewise
     */
    public static Daemon start(Config config) throws IOException {
        return start(config, () -> config, () -> false);
    }

    /**
     * As {@link #start(Config)}, unless it is cancelled meanwhile.
     *
     * @param source reads the configuration again
     * @param cancelled asked after each step that takes its time
     * @throws CancellationException if it was cancelled; nothing is left running
     */
    static Daemon start(Config config, Supplier<Config> source, BooleanSupplier cancelled) throws IOException {
        Daemon daemon = new Daemon(config, source);
        try {
            daemon.start(cancelled);
            return daemon;
        } catch (IOException | RuntimeException e) {
            daemon.close();
            throw e;
        }
    }

    private void start(BooleanSupplier cancelled) throws IOException {
        LogLevels.set(config.logLevel());
        access = access(config);
        Rules rules = RuleFiles.read(config.energy().rules());
        databaseUri = config.db().orElseGet(this::startDatabase);
        goOnUnless(cancelled);
        if (config.migrate()) {
            int migrations = new Migrations(databaseUri).migrate();
            LOG.info("schema is up to date, {} migrations ran", migrations);
            goOnUnless(cancelled);
        }
        metrics = closing("metrics", new Metrics(Version.current()));
        database = closing("pool", new Database(databaseUri, config.database().poolSize(), metrics.registry()));
        senders = new Senders(config, database.pool());
        SeriesCache cache = new SeriesCache(config.ingest().seriesCacheBytes());
        KnownStarts starts = new KnownStarts();
        Removals removals = new Removals(cache, starts);
        KnownMetadata knownMetadata = new KnownMetadata(METADATA_BYTES);
        Ingest.Stores stores = stores(projection(rules));
        ingest = closing("ingest", new Ingest(stores, seriesLimits(config), removals, knownMetadata, metrics));
        ingest.start();
        InFlight inFlight = new InFlight(config.ingest().maxInFlightBytes());
        reloading = new Reloading(source, config, access, metrics, this::reloaded);
        SymbolTable symbols =
                new SymbolTable(Math.max(SeriesCache.SMALLEST, config.ingest().seriesCacheBytes() / SYMBOLS_SHARE));
        RemoteWrite remoteWrite =
                remoteWrite(new RemoteWrite.Known(cache::reader, symbols, knownMetadata, starts), removals);
        show(inFlight, cache, symbols, knownMetadata);
        Routes routes = routes(remoteWrite);
        startMaintenance();
        Scheduler housekeeping = startHousekeeping(stores, knownMetadata);
        http = closing("http", HttpServer.start(httpSettings(), routes, access, inFlight, metrics));
        address = http.address();
        metrics.showHttp(http::connections, http::requests);
        if (access.sendsSecretsInTheClear() && !address.getAddress().isLoopbackAddress()) {
            LOG.warn("passwords and tokens come over the network unencrypted: tls_server_config is missing");
        }
        closing("reload", new Scheduler("promgres-reload", metrics))
                .every(RELOAD, "web configuration", reloading::lookAtFiles);
        startObserving(housekeeping);
        startSelfMonitoring(housekeeping, remoteWrite);
    }

    /** Who may do what; stops a start that would let in anybody from other machines. */
    static WebAccess access(Config config) {
        InetAddress host = new InetSocketAddress(config.listen().host(), 0).getAddress();
        // A host without an address is complained of when it is listened on.
        boolean local = host == null || host.isLoopbackAddress();
        return WebAccess.of(config.web().configFile(), local || config.insecure());
    }

    /**
     * Reads the configuration again, and puts in force what can be without a restart.
     *
     * @throws ConfigException it is wrong; what was in force stays so
     */
    public void reload() {
        reloading.reload();
    }

    private void reloaded(Config next) {
        LogLevels.set(next.logLevel());
        ingest.limit(seriesLimits(next));
        http.limit(httpLimits(next.web()));
    }

    private Ingest.Stores stores(Projection projection) {
        DataSource pool = database.pool();
        Duration block = config.storage().block();
        return new Ingest.Stores(
                new SeriesStore(pool),
                new ViewStore(pool),
                new LandingWriter(pool, block, projection),
                new LateWriter(pool, block, projection),
                new MetadataStore(pool),
                new ExemplarStore(pool),
                new HistogramStore(pool),
                new StartStore(pool),
                projection);
    }

    private RemoteWrite remoteWrite(RemoteWrite.Known known, Removals removals) {
        RemoteWrite.Terms terms = new RemoteWrite.Terms(limits(), senders.rules());
        return new RemoteWrite(known, removals::epoch, terms, Clock.systemUTC(), ingest, metrics);
    }

    private Routes routes(RemoteWrite remoteWrite) {
        Executor decoders = threads("promgres-decode", config.ingest().workers());
        Executor readers = threads("promgres-read", config.remoteRead().workers());
        Executor results = threads("promgres-results", RESULT_THREADS);
        Executor others = threads("promgres-request", OTHER_THREADS);
        Endpoint write = senders.endpoint(sender -> writeEndpoint(remoteWrite.from(sender)));
        Endpoint read = senders.endpoint(sender -> readEndpoint(senders.scope(sender)));
        Runnable reload = this::reload;
        StatusEndpoint status = status();
        PageEndpoint page = new PageEndpoint(WEB_PATH, new WebFiles());
        return Routes.builder(metrics)
                // The page is about everybody's data.
                .group(senders.hasTenants() ? RouteGroup.ADMIN : RouteGroup.READ)
                .add("GET", "/", page, Runnable::run)
                .addBelow(WEB_PATH, page, Runnable::run)
                .add("GET", STATUS_PATH + StatusEndpoint.LIVE, status, Runnable::run)
                .addBelow(STATUS_PATH, status, threads("promgres-status", STATUS_THREADS))
                .group(RouteGroup.WRITE)
                .add("POST", "/api/v1/write", write, decoders)
                .add("POST", "/write", write, decoders)
                .group(RouteGroup.READ)
                .add("POST", "/api/v1/read", read, readers)
                .add("POST", "/read", read, readers)
                .group(RouteGroup.PERF_TEST)
                .addBelow(RESULTS_PATH, results(), results)
                .group(RouteGroup.METRICS)
                .add("GET", "/metrics", new MetricsEndpoint(metrics.registry()), others)
                .group(RouteGroup.HEALTH)
                .add("GET", "/-/healthy", HealthEndpoint.alive(), Runnable::run)
                .add("GET", "/-/ready", HealthEndpoint.ready(this::unready), others)
                .group(RouteGroup.ADMIN)
                .add("POST", "/-/reload", new ReloadEndpoint(config.web().enableLifecycle(), reload), others)
                .build();
    }

    private WriteEndpoint writeEndpoint(WriteReceiver receiver) {
        return new WriteEndpoint(
                receiver,
                EnumSet.allOf(WriteProtocol.class),
                (int) config.ingest().maxBodyBytes(),
                limits().maxDecodedBytes());
    }

    private RemoteReadEndpoint readEndpoint(ReadScope scope) {
        RemoteReader reader = new RemoteReader(
                database.background(), database::discard, config.remoteRead().maxSeries(), scope);
        return new RemoteReadEndpoint(reader, config.remoteRead().maxSamples());
    }

    private StatusEndpoint status() {
        LiveFigures live = new LiveFigures(metrics.registry(), Version.current(), Clock.systemUTC());
        closing("live figures", new Scheduler("promgres-figures", metrics))
                .every(LiveFigures.INTERVAL, "live figures", live::tick);
        StatusStore store = new StatusStore(database.background(), STATUS_PATIENCE);
        return new StatusEndpoint(STATUS_PATH, live, new Answers(store));
    }

    private void startMaintenance() {
        Maintenance maintenance =
                closing("lead", Maintenance.of(database.background(), config.storage(), metrics, this::restWhileBusy));
        Scheduler scheduler = closing("maintenance", new Scheduler("promgres-maintenance", metrics));
        scheduler.every(MAINTENANCE, "maintenance", maintenance::runDue);
        scheduler.every(MAINTENANCE, "requested maintenance", maintenance::answerRequests);
    }

    /** As much rest as work, while there is something to take in. */
    private void restWhileBusy(Duration work) throws InterruptedException {
        if (ingest.isBusy()) {
            Thread.sleep(work.toMillis());
        }
    }

    private Scheduler startHousekeeping(Ingest.Stores stores, KnownMetadata knownMetadata) {
        PartitionStore partitions =
                new PartitionStore(database.pool(), config.storage().block());
        Scheduler scheduler = closing("housekeeping", new Scheduler("promgres-housekeeping", metrics));
        scheduler.every(HOURLY, "block length", partitions::announceBlock);
        scheduler.every(
                PARTITIONS_AHEAD,
                "partitions",
                () -> partitions.makeAhead(Clock.systemUTC().instant()));
        scheduler.every(
                STALE_VIEWS, "views", () -> ingest.makeViews(stores.views().stale()));
        scheduler.every(STALE_VIEWS, "view comments", stores.metadata()::commentViews);
        scheduler.every(HOURLY, "metadata seen", knownMetadata::clear);
        return scheduler;
    }

    private void startObserving(Scheduler scheduler) {
        StoreSize size = new StoreSize(database.background());
        metrics.showStored(size::last);
        scheduler.every(STORE_SIZE, "store size", size::refresh);
        Duration interval = config.logThroughputInterval();
        if (!interval.isZero()) {
            Throughput throughput = metrics.throughput(ingest::pending);
            scheduler.every(interval, "throughput", throughput::log);
        }
    }

    private void startSelfMonitoring(Scheduler scheduler, RemoteWrite remoteWrite) {
        Duration interval = config.selfMonitoring().interval();
        if (!interval.isZero()) {
            SelfScrape scrape = new SelfScrape(metrics.registry().getPrometheusRegistry());
            SelfMonitor monitor = new SelfMonitor(
                    scrape,
                    remoteWrite.from(Sender.ITSELF),
                    Clock.systemUTC(),
                    instance().toString());
            scheduler.every(interval, "self-monitoring", monitor::scrape);
        }
    }

    private static void goOnUnless(BooleanSupplier cancelled) {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("stopped while starting");
        }
    }

    private DatabaseUri startDatabase() {
        return closing("embedded database", EmbeddedPostgres.start(config.dataDir(), config.dbPort()))
                .uri();
    }

    private Projection projection(Rules rules) throws IOException {
        Projection results = labelledResults();
        return config.energy().enabled() ? Projection.all(List.of(results, energy(rules))) : results;
    }

    private Projection labelledResults() {
        LabelProjection results = new LabelProjection(database.background());
        closing("results from labels", new Scheduler("promgres-projection", metrics))
                .every(PROJECTION, "results from labels", results::project);
        return results;
    }

    private Projection energy(Rules rules) throws IOException {
        try {
            Projection watch = Energy.watch(database.pool(), rules, metrics);
            Projector projector = new Projector(database.background(), Clock.systemUTC());
            closing("energy", new Scheduler("promgres-energy", metrics)).every(PROJECTION, "energy", projector::run);
            return watch;
        } catch (SQLException e) {
            throw new IOException("the energy rules cannot be put in force: " + e.getMessage(), e);
        }
    }

    private ResultsEndpoint results() {
        return new ResultsEndpoint(
                RESULTS_PATH,
                new TableNames(config.perfTest().prefixes().list()),
                new ResultStore(database.background()),
                (int) config.perfTest().maxBodyBytes());
    }

    private void show(InFlight inFlight, SeriesCache cache, SymbolTable symbols, KnownMetadata metadata) {
        metrics.showInFlight(inFlight::usedBytes, inFlight::budgetBytes, inFlight::waiting);
        metrics.showPending(ingest::pending);
        metrics.showCache("series", cache::entries, cache::bytes);
        metrics.showCache("symbol", symbols::entries, symbols::bytes);
        metrics.showCache("metadata", metadata::entries, metadata::bytes);
        metrics.showSeriesCacheUse(cache::hits, cache::misses);
    }

    private Limits limits() {
        Config.Ingest ingest = config.ingest();
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
        return standard.withQueueTimeout(config.ingest().queueTimeout()).withLimits(httpLimits(config.web()));
    }

    private static HttpLimits httpLimits(Config.Web web) {
        return new HttpLimits(
                web.maxConnections(),
                web.maxRequests(),
                (int) web.maxHeaderBytes(),
                web.readTimeout(),
                web.idleTimeout());
    }

    private static SeriesLimits seriesLimits(Config config) {
        return new SeriesLimits(config.ingest().maxSeries(), config.ingest().maxNewSeriesPerMinute());
    }

    private Optional<String> unready() {
        try {
            database.checkWritable();
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of("the database does not take samples: " + e.getMessage());
        }
    }

    /** What a person has to know to use it: the address, the remote_write block, the psql command. */
    public String greeting() {
        String url = (access.isEncrypted() ? "https://" : "http://") + reachable();
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

    private HostPort reachable() {
        return new HostPort(config.listen().host(), address.getPort());
    }

    /** Who listens on all addresses is told from others by the machine's name: in a container, its own. */
    private HostPort instance() {
        HostPort reachable = reachable();
        if (!address.getAddress().isAnyLocalAddress()) {
            return reachable;
        }
        try {
            return new HostPort(InetAddress.getLocalHost().getHostName(), reachable.port());
        } catch (UnknownHostException e) {
            return reachable;
        }
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

    private Executor threads(String name, int number) {
        AtomicInteger started = new AtomicInteger();
        ExecutorService executor =
                Executors.newFixedThreadPool(number, task -> new Thread(task, name + "-" + started.incrementAndGet()));
        closing(name, (AutoCloseable) () -> {
            executor.shutdown();
            executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        });
        return executor;
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
