package io.promgres.daemon;

import io.promgres.access.RouteGroup;
import io.promgres.config.Config;
import io.promgres.http.Endpoint;
import io.promgres.http.RequestJournal;
import io.promgres.http.Routes;
import io.promgres.ingest.Ingest;
import io.promgres.observe.Metrics;
import io.promgres.perftest.ResultReader;
import io.promgres.perftest.ResultStore;
import io.promgres.perftest.ResultsEndpoint;
import io.promgres.perftest.TableNames;
import io.promgres.remoteread.ReadScope;
import io.promgres.remoteread.RemoteReadEndpoint;
import io.promgres.remoteread.RemoteReader;
import io.promgres.remotewrite.RemoteWriteReceiver;
import io.promgres.remotewrite.WriteEndpoint;
import io.promgres.remotewrite.WriteHint;
import io.promgres.remotewrite.WriteProtocol;
import io.promgres.remotewrite.WriteReceiver;
import io.promgres.schedule.Scheduler;
import io.promgres.status.DaemonState;
import io.promgres.status.LiveFigures;
import io.promgres.status.PageEndpoint;
import io.promgres.status.StatusEndpoint;
import io.promgres.status.StatusQueryCache;
import io.promgres.status.StatusStore;
import io.promgres.status.WebFiles;
import io.promgres.store.Database;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.Executor;

/** What is reached over HTTP: the paths, who may use them, and the threads that answer. */
final class HttpRoutes {

    private static final String RESULTS_PATH = "/perf-test/";
    private static final int RESULT_THREADS = 2;
    private static final int MOST_ANSWERED_BYTES = 16 << 20;
    private static final int OTHER_THREADS = 2;
    private static final String STATUS_PATH = "/api/v1/status/";
    private static final String WEB_PATH = "/web/";
    private static final int STATUS_THREADS = 2;
    private static final Duration LEAST_PATIENCE = Duration.ofMinutes(5);
    // A transaction is several statements, each of which may take as long as the database may for one.
    private static final int STATEMENTS = 4;
    private static final Duration STATUS_PATIENCE = Duration.ofSeconds(5);

    private final Config config;
    private final Metrics metrics;
    private final Database database;
    private final SenderPolicy senders;
    private final Lifecycle parts;

    /** @param parts gets the threads */
    HttpRoutes(Config config, Metrics metrics, Database database, SenderPolicy senders, Lifecycle parts) {
        this.config = config;
        this.metrics = metrics;
        this.database = database;
        this.senders = senders;
        this.parts = parts;
    }

    /**
     * @param remoteWrite stores what is sent
     * @param ingest on whose threads the answers to writes depend
     * @param reload reads the configuration again
     */
    Routes routes(RemoteWriteReceiver remoteWrite, Ingest ingest, Runnable reload) {
        String decoding = "promgres-decode";
        WatchedThreads decoders = new WatchedThreads(
                decoding, parts.threads(decoding, config.ingest().workers()));
        Executor readers = parts.threads("promgres-read", config.remoteRead().workers());
        Executor results = parts.threads("promgres-results", RESULT_THREADS);
        Executor others = parts.threads("promgres-request", OTHER_THREADS);
        Endpoint write = senders.endpoint(sender -> writeEndpoint(remoteWrite.from(sender)));
        Endpoint read = senders.endpoint(sender -> readEndpoint(senders.scope(sender)));
        RequestJournal journal = new RequestJournal(Clock.systemUTC());
        StatusEndpoint status = status(journal);
        PageEndpoint page = new PageEndpoint(WEB_PATH, new WebFiles());
        Routes.Builder routes = Routes.builder(metrics).journal(journal);
        routes.group(RouteGroup.READ);
        new QueryRoutes(config, metrics, database, senders, parts).addTo(routes);
        return routes
                // The page is about the data of all tenants.
                .group(senders.hasTenants() ? RouteGroup.ADMIN : RouteGroup.READ)
                .add("GET", "/", page, Runnable::run)
                .addBelow(WEB_PATH, page, Runnable::run)
                .add("GET", STATUS_PATH + StatusEndpoint.LIVE, status, Runnable::run)
                .addBelow(STATUS_PATH, status, parts.threads("promgres-status", STATUS_THREADS))
                .group(RouteGroup.WRITE)
                .hint(WriteHint::to)
                .add("POST", WriteHint.PATH, write, decoders)
                .add("POST", WriteHint.PATH + "/", write, decoders)
                .add("POST", "/api/v1/push", write, decoders)
                .add("POST", "/write", write, decoders)
                .group(RouteGroup.READ)
                .add("POST", "/api/v1/read", read, readers)
                .add("POST", "/read", read, readers)
                .group(RouteGroup.PERF_TEST)
                .addBelow(RESULTS_PATH, results(), results)
                .group(RouteGroup.METRICS)
                .add("GET", "/metrics", new MetricsEndpoint(metrics.registry()), others)
                .group(RouteGroup.HEALTH)
                .add("GET", "/-/healthy", HealthEndpoint.alive(() -> stuck(ingest, decoders)), Runnable::run)
                .add("GET", "/-/ready", HealthEndpoint.ready(() -> unready(ingest)), others)
                .group(RouteGroup.ADMIN)
                .add("POST", "/-/reload", new ReloadEndpoint(config.web().enableLifecycle(), reload), others)
                .build();
    }

    private WriteEndpoint writeEndpoint(WriteReceiver receiver) {
        return new WriteEndpoint(receiver, EnumSet.allOf(WriteProtocol.class), ConfiguredLimits.ofWrites(config));
    }

    private RemoteReadEndpoint readEndpoint(ReadScope scope) {
        Config.RemoteRead read = config.remoteRead();
        RemoteReader reader = new RemoteReader(
                database.background(), database::discard, read.maxSeries(), scope, read.startTimestamps());
        return new RemoteReadEndpoint(
                reader, read.maxSamples(), config.ingest().maxInFlightBytes(), read.startTimestamps());
    }

    private StatusEndpoint status(RequestJournal journal) {
        LastProblems problems = parts.add("last problems", LastProblems.listen());
        Optional<Path> directory = config.db().isPresent() ? Optional.empty() : Optional.of(config.dataDir());
        DaemonState state = new DaemonState(journal, problems::latest, directory);
        LiveFigures live = new LiveFigures(metrics.registry(), Version.current(), Clock.systemUTC(), state);
        parts.add("live figures", new Scheduler("promgres-figures", metrics))
                .every(LiveFigures.INTERVAL, "live figures", live::tick);
        StatusStore store = new StatusStore(database.background(), STATUS_PATIENCE);
        return new StatusEndpoint(STATUS_PATH, live, new StatusQueryCache(store));
    }

    private ResultsEndpoint results() {
        return new ResultsEndpoint(
                RESULTS_PATH,
                new TableNames(config.perfTest().prefixes().list()),
                new ResultStore(database.background(), MOST_ANSWERED_BYTES),
                new ResultReader(database.background()),
                (int) config.perfTest().maxBodyBytes());
    }

    /** Not the database: a restart of the daemon does not help it. */
    private Optional<String> stuck(Ingest ingest, WatchedThreads decoders) {
        Duration statements = config.database().writeTimeout().multipliedBy(STATEMENTS);
        Duration patience = statements.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : statements;
        return ingest.stuck(patience).or(() -> decoders.stuck(patience));
    }

    private Optional<String> unready(Ingest ingest) {
        try {
            database.checkWritable();
            return ingest.failing().map(reason -> "writes fail: " + reason);
        } catch (SQLException e) {
            return Optional.of("the database does not take samples: " + e.getMessage());
        }
    }
}
