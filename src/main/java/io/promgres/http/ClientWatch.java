package io.promgres.http;

import java.time.Duration;

/**
 * The client of one exchange: what is held for it, and whether it is there. The socket is read on demand, so that a client which goes away while its
 * request is worked on is noticed only if an endpoint asks for it. Thread-safe.
 */
final class ClientWatch implements Request.Client {

    private volatile InFlight.Claim claim;
    private volatile Duration waited = Duration.ZERO;
    private Runnable reading;
    private Runnable action;
    private boolean gone;

    /** @param reading makes the connection notice that the client goes; called on any thread */
    synchronized void by(Runnable reading) {
        this.reading = reading;
    }

    /** @param held by the exchange; null if it has no body */
    void holds(InFlight.Claim held) {
        claim = held;
    }

    /** @param time until a thread was free */
    void waited(Duration time) {
        waited = time;
    }

    @Override
    public Duration waited() {
        return waited;
    }

    @Override
    public boolean claim(long bytes) {
        InFlight.Claim held = claim;
        return held == null || held.grow(bytes);
    }

    @Override
    public synchronized boolean isGone() {
        return gone;
    }

    @Override
    public void whenGone(Runnable wanted) {
        boolean already;
        synchronized (this) {
            action = wanted;
            already = gone;
        }
        if (already) {
            wanted.run();
        } else if (reading != null) {
            reading.run();
        }
    }

    /** The connection has ended, or the client has got its answer without the endpoint; the second call does nothing. */
    void gone() {
        Runnable wanted;
        synchronized (this) {
            wanted = gone ? null : action;
            gone = true;
        }
        if (wanted != null) {
            wanted.run();
        }
    }
}
