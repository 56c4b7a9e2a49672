package io.promgres.http;

/**
 * Says whether the client of one exchange is there. The socket is read on demand, so that a client which goes away while its
 * request is worked on is noticed only if somebody asks for it. Thread-safe.
 */
final class ClientWatch implements Request.Client {

    private Runnable reading;
    private Runnable action;
    private boolean gone;

    /** @param reading makes the connection notice that the client goes; called on any thread */
    synchronized void by(Runnable reading) {
        this.reading = reading;
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
