package io.promgres.daemon;

import io.promgres.config.Config;
import io.promgres.config.ConfigException;
import io.promgres.config.DatabaseUri;
import io.promgres.config.HostPort;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.energy.RuleFiles;
import io.promgres.energy.Rules;
import io.promgres.http.HttpServer;
import io.promgres.http.HttpSettings;
import io.promgres.http.InFlight;
import io.promgres.http.Routes;
import io.promgres.http.WebAccess;
import io.promgres.ingest.Ingest;
import io.promgres.observe.Metrics;
import io.promgres.remotewrite.RemoteWriteReceiver;
import io.promgres.schedule.Scheduler;
import io.promgres.series.KnownMetadata;
import io.promgres.series.KnownStarts;
import io.promgres.series.Removals;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import io.promgres.store.Database;
import io.promgres.store.DatabaseClock;
import io.promgres.store.ExemplarStore;
import io.promgres.store.HistogramStore;
import io.promgres.store.LandingWriter;
import io.promgres.store.LateWriter;
import io.promgres.store.MetadataStore;
import io.promgres.store.SeriesStore;
import io.promgres.store.StartStore;
import io.promgres.store.ViewStore;
import io.promgres.store.WriteObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole of promgres, and the only place where it is put together. What {@link #start} starts from top to bottom,
 * {@link #close} stops from bottom to top. HTTP listens first, answers 503 until all is there, and stops first, so that nothing
 * new comes in; the database stops last.
 */
public final class Daemon implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final Duration RELOAD = Duration.ofSeconds(5);
    private static final Duration WATCH = Duration.ofSeconds(1);
    private static final long METADATA_BYTES = 4 << 20;
    // The texts of labels, which series share, next to the series.
    private static final int SYMBOLS_SHARE = 4;

    private final Supplier<Config> source;
    private final Config config;
    private final Lifecycle parts = new Lifecycle();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Optional<EmbeddedPostgres> embedded = Optional.empty();
    private DatabaseUri databaseUri;
    private Metrics metrics;
    private Database database;
    private DatabaseClock clock;
    private Projections projections;
    private Ingest ingest;
    private SenderPolicy senders;
    private WebAccess access;
    private volatile ConfigReload reloading;
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
    public static Daemon start(Config config, Supplier<Config> source, BooleanSupplier cancelled) throws IOException {
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
        LogLevels.set(config.log().level());
        access = access(config);
        Rules rules = RuleFiles.read(config.energy().rules());
        metrics = parts.add("metrics", new Metrics(Version.current()));
        InFlight inFlight = new InFlight(config.ingest().maxInFlightBytes());
        HttpSettings served = ConfiguredLimits.ofServer(config);
        StartPhase phase = new StartPhase(cancelled, served.retryAfter());
        http = parts.add("http", HttpServer.start(served, phase.routes(metrics), access, inFlight, metrics));
        address = http.address();
        LOG.info("listens on {}, and answers 503 until it is ready", reachable());
        databaseUri = config.db().orElseGet(() -> startDatabase(phase));
        new DatabaseStart(databaseUri, config.migrate(), phase).run();
        phase.begin("makes its parts ready");
        database = parts.add("pool", pool());
        clock = DatabaseClock.of(database.pool(), Clock.systemUTC());
        senders = new SenderPolicy(config, database.pool());
        SeriesCache cache = new SeriesCache(config.ingest().seriesCacheBytes());
        KnownStarts starts = new KnownStarts();
        Removals removals = new Removals(cache, starts);
        KnownMetadata knownMetadata = new KnownMetadata(METADATA_BYTES);
        removals.alsoForget(knownMetadata::clear);
        projections = new Projections(config, metrics, database, parts);
        Ingest.Stores stores = stores(projections.start(rules));
        ingest = parts.add(
                "ingest", new Ingest(stores, ConfiguredLimits.ofSeries(config), removals, knownMetadata, metrics));
        ingest.start();
        reloading = new ConfigReload(source, config, access, metrics, this::reloaded);
        SymbolTable symbols =
                new SymbolTable(Math.max(SeriesCache.SMALLEST, config.ingest().seriesCacheBytes() / SYMBOLS_SHARE));
        RemoteWriteReceiver remoteWrite =
                remoteWrite(new RemoteWriteReceiver.Known(cache::reader, symbols, knownMetadata, starts), removals);
        show(inFlight, cache, symbols, knownMetadata);
        Routes routes =
                new HttpRoutes(config, metrics, database, senders, parts).routes(remoteWrite, ingest, this::reload);
        BackgroundJobs chores = new BackgroundJobs(config, metrics, database, clock, ingest, parts);
        chores.startMaintenance();
        Scheduler housekeeping = chores.startHousekeeping(stores, knownMetadata);
        embedded.ifPresent(server -> housekeeping.every(WATCH, "embedded database", server::startAgainIfGone));
        phase.goOn();
        http.serve(routes);
        parts.stopFirst(http);
        metrics.http().show(http::connections, http::requests);
        if (access.sendsSecretsInTheClear() && !address.getAddress().isLoopbackAddress()) {
            LOG.warn("passwords and tokens come over the network unencrypted: tls_server_config is missing");
        }
        parts.add("reload", new Scheduler("promgres-reload", metrics))
                .every(RELOAD, "web configuration", reloading::lookAtFiles);
        chores.startSelfMonitoring(housekeeping, remoteWrite, instance());
    }

    /** Who may do what; stops a start that would let in every client of other machines. */
    public static WebAccess access(Config config) {
        InetAddress host = new InetSocketAddress(config.listen().host(), 0).getAddress();
        // A host without an address is complained of when it is listened on.
        boolean local = host == null || host.isLoopbackAddress();
        return WebAccess.of(
                config.web().configFile(),
                local || config.insecure(),
                config.web().allowedHosts().list());
    }

    /**
     * Reads the configuration again, and puts in force what can be without a restart.
     *
     * @throws ConfigException it is wrong; what was in force stays so
     */
    public void reload() {
        reloading.reload();
    }

    private void reloaded(Config next, Rules rules) {
        projections.reload(rules);
        LogLevels.set(next.log().level());
        ingest.limit(ConfiguredLimits.ofSeries(next));
        http.limit(ConfiguredLimits.ofConnections(next.web()));
    }

    private Database pool() {
        Config.Database settings = config.database();
        int background = Database.BACKGROUND_CONNECTIONS + config.promql().maxConcurrency();
        return new Database(databaseUri, settings.poolSize(), background, settings.writeTimeout(), metrics.registry());
    }

    private Ingest.Stores stores(WriteObserver projection) {
        DataSource pool = database.pool();
        Duration block = config.storage().block();
        return new Ingest.Stores(
                new SeriesStore(pool),
                new ViewStore(pool),
                Stream.generate(() -> new LandingWriter(pool, block, projection))
                        .limit(config.ingest().writers())
                        .toList(),
                new LateWriter(pool, block, projection),
                new MetadataStore(pool),
                new ExemplarStore(pool),
                new HistogramStore(pool),
                new StartStore(pool),
                projection);
    }

    private RemoteWriteReceiver remoteWrite(RemoteWriteReceiver.Known known, Removals removals) {
        RemoteWriteReceiver.Terms terms =
                new RemoteWriteReceiver.Terms(ConfiguredLimits.ofRequests(config), senders.rules());
        return new RemoteWriteReceiver(known, removals::epoch, terms, clock.orOwnIfLater(), ingest, metrics);
    }

    private DatabaseUri startDatabase(StartPhase phase) {
        phase.begin("starts the embedded PostgreSQL");
        EmbeddedPostgres server =
                parts.add("embedded database", EmbeddedPostgres.start(config.dataDir(), config.dbPort(), phase::goOn));
        embedded = Optional.of(server);
        return server.uri();
    }

    private void show(InFlight inFlight, SeriesCache cache, SymbolTable symbols, KnownMetadata metadata) {
        metrics.showInFlight(inFlight::usedBytes, inFlight::budgetBytes, inFlight::waiting);
        metrics.showPending(ingest::pending);
        metrics.showCache("series", cache::entries, cache::bytes);
        metrics.showCache("symbol", symbols::entries, symbols::bytes);
        metrics.showCache("metadata", metadata::entries, metadata::bytes);
        metrics.showSeriesCacheUse(cache::hits, cache::misses);
    }

    /** See {@link Greeting}. */
    public String greeting() {
        String psql = config.db().isPresent()
                ? "psql '" + databaseUri.withoutPassword() + "'"
                : "psql \"$(cat " + config.dataDir().resolve("database.uri") + ")\"";
        return new Greeting(config.listen().host(), address, access.config()).text(psql);
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

    /** Finishes what was accepted and stops everything; the second time does nothing. */
    @Override
    public synchronized void close() {
        long begin = System.nanoTime();
        parts.close();
        if (stopped.getCount() > 0) {
            LOG.info("stopped in {} ms", (System.nanoTime() - begin) / 1_000_000);
        }
        stopped.countDown();
    }
}
