package io.promgres.http;

import io.promgres.observe.CounterByReason;
import io.promgres.observe.Metrics;
import org.slf4j.LoggerFactory;

/** What all connections of a server share. Thread-safe. */
final class ServerContext {

    private final HttpSettings settings;
    private volatile Routes routes;
    private final WebAccess access;
    private final InFlight inFlight;
    private final Metrics metrics;
    private final UnexpectedErrorLog faults;
    private final CounterByReason<Limit> reached;
    private final ErrorResponses refusals = new ErrorResponses(this);
    private final RefusalLog refusalLog = new RefusalLog(LoggerFactory.getLogger(HttpServer.class), System::nanoTime);
    private final PasswordChecks passwordChecks = new PasswordChecks();
    private final PermitCounter connections = new PermitCounter();
    private final PermitCounter requests = new PermitCounter();
    private volatile HttpLimits limits;
    private volatile boolean draining;

    ServerContext(
            HttpSettings settings,
            Routes routes,
            WebAccess access,
            InFlight inFlight,
            Metrics metrics,
            UnexpectedErrorLog faults) {
        this.settings = settings;
        this.routes = routes;
        this.access = access;
        this.inFlight = inFlight;
        this.metrics = metrics;
        this.faults = faults;
        this.reached = metrics.http().limitRefusals(Limit.class);
        this.limits = settings.limits();
    }

    HttpSettings settings() {
        return settings;
    }

    /** What is in force now. */
    HttpLimits limits() {
        return limits;
    }

    void limit(HttpLimits others) {
        limits = others;
    }

    Routes routes() {
        return routes;
    }

    /** From now on requests are routed by these. */
    void route(Routes others) {
        routes = others;
    }

    WebAccess access() {
        return access;
    }

    InFlight inFlight() {
        return inFlight;
    }

    Metrics metrics() {
        return metrics;
    }

    UnexpectedErrorLog faults() {
        return faults;
    }

    ErrorResponses refusals() {
        return refusals;
    }

    RefusalLog refusalLog() {
        return refusalLog;
    }

    PasswordChecks passwordChecks() {
        return passwordChecks;
    }

    PermitCounter connections() {
        return connections;
    }

    PermitCounter requests() {
        return requests;
    }

    /** Counts that a client ran into a limit. */
    void reached(Limit limit) {
        reached.add(limit, 1);
    }

    /** From now on every connection is closed after the response to the request that it is at. */
    void drain() {
        draining = true;
    }

    boolean isDraining() {
        return draining;
    }
}
