package io.promgres.http;

import io.promgres.ingest.InFlight;
import io.promgres.observe.Metrics;

/** What all connections of a server share. Thread-safe. */
final class Service {

    private final HttpSettings settings;
    private final Routes routes;
    private final InFlight inFlight;
    private final Metrics metrics;
    private final FaultLog faults;
    private volatile boolean draining;

    Service(HttpSettings settings, Routes routes, InFlight inFlight, Metrics metrics, FaultLog faults) {
        this.settings = settings;
        this.routes = routes;
        this.inFlight = inFlight;
        this.metrics = metrics;
        this.faults = faults;
    }

    HttpSettings settings() {
        return settings;
    }

    Routes routes() {
        return routes;
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

    /** From now on every connection is closed after the response to the request that it is at. */
    void drain() {
        draining = true;
    }

    boolean isDraining() {
        return draining;
    }
}
