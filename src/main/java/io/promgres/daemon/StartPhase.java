package io.promgres.daemon;

import io.promgres.access.RouteGroup;
import io.promgres.http.Endpoint;
import io.promgres.http.Problem;
import io.promgres.http.Request;
import io.promgres.http.RequestHead;
import io.promgres.http.Response;
import io.promgres.http.Routes;
import io.promgres.observe.Metrics;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** What a daemon that starts is at, and what it answers over HTTP meanwhile. Thread-safe. */
final class StartPhase {

    private static final Duration LOOK = Duration.ofMillis(50);

    private final BooleanSupplier cancelled;
    private final long retryAfterSeconds;
    private volatile String activity = "starts";

    /**
     * @param cancelled whether the start is to end
     * @param retryAfter when a client may ask again; seconds
     */
    StartPhase(BooleanSupplier cancelled, Duration retryAfter) {
        this.cancelled = cancelled;
        this.retryAfterSeconds = retryAfter.toSeconds();
    }

    /**
     * Begins something that takes its time.
     *
     * @param what it is, such as "migrates the schema"
     * @throws CancellationException the start is to end
     */
    void begin(String what) {
        goOn();
        activity = what;
    }

    /** @throws CancellationException the start is to end */
    void goOn() {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("stopped while starting");
        }
    }

    /**
     * Waits.
     *
     * @throws CancellationException the start is to end; the wait ends for it
     */
    void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            goOn();
            LockSupport.parkNanos(Math.min(left, LOOK.toNanos()));
        }
    }

    /** Every request is answered 503 with what is being done, but for those that ask whether the daemon lives. */
    Routes routes(Metrics metrics) {
        Endpoint starting = new Starting();
        return Routes.builder(metrics)
                .group(RouteGroup.HEALTH)
                .add("GET", "/-/healthy", HealthEndpoint.alive(Optional::empty), Runnable::run)
                .add("GET", "/-/ready", starting, Runnable::run)
                .otherwise(starting)
                .build();
    }

    private final class Starting implements Endpoint {

        @Override
        public Optional<Response> refuse(RequestHead head) {
            return Optional.of(answer());
        }

        @Override
        public void handle(Request request, Consumer<Response> answer) {
            answer.accept(answer());
        }

        private Response answer() {
            return Problem.UNAVAILABLE
                    .answer("promgres is not ready: it " + activity)
                    .retryAfter(retryAfterSeconds);
        }
    }
}
