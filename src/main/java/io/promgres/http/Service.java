package io.promgres.http;

import io.promgres.observe.CounterByReason;
import io.promgres.observe.Metrics;

/** What all connections of a server share. Thread-safe. */
final class Service {

    private final HttpSettings settings;
    private final Routes routes;
    private final WebAccess access;
    private final InFlight inFlight;
    private final Metrics metrics;
    private final FaultLog faults;
    private final CounterByReason<Limit> reached;
    private final Refusals refusals = new Refusals(this);
    private final PasswordChecks passwordChecks = new PasswordChecks();
    private final Places connections = new Places();
    private final Places requests = new Places();
    private volatile HttpLimits limits;
    private volatile boolean draining;

    Service(
            HttpSettings settings,
            Routes routes,
            WebAccess access,
            InFlight inFlight,
            Metrics metrics,
            FaultLog faults) {
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

    WebAccess access() {
        return access;
    }

    InFlight inFlight() {
        return inFlight;
    }

    Metrics metrics() {
        return metrics;
    }

    FaultLog faults() {
        return faults;
    }

    Refusals refusals() {
        return refusals;
    }

    PasswordChecks passwordChecks() {
        return passwordChecks;
    }

    Places connections() {
        return connections;
    }

    Places requests() {
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
