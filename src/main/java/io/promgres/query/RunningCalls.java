package io.promgres.query;

import io.promgres.http.Request;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The requests that are being answered. One that is over is told so again and again until it has ended: a cancellation that
 * reaches the server between two statements ends neither. Thread-safe.
 */
public final class RunningCalls {

    /**
     * How often {@link #endWhatIsOver} has to be called while requests are answered: within a second a client that has gone costs nothing
     * any more.
     */
    public static final Duration INTERVAL = Duration.ofMillis(100);

    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private volatile Runnable onCall = () -> {};

    /** Answers a request. */
    @FunctionalInterface
    interface Work<T> {
        T run(Call call) throws QueryRefusedException, SQLException;
    }

    /**
     * Runs the work until it is done, its time is over, or the client has gone.
     *
     * @param timeout from when the request began to wait for its turn
     * @throws QueryRefusedException also if it was ended
     */
    <T> T run(Request request, Duration timeout, Work<T> work) throws QueryRefusedException, SQLException {
        Call call = new Call(timeout.minus(request.client().waited()));
        calls.add(call);
        onCall.run();
        try {
            request.client().whenGone(call::cancel);
            return work.run(call);
        } finally {
            calls.remove(call);
        }
    }

    /** So many are being answered. */
    public int size() {
        return calls.size();
    }

    /** @param watch told of each request: it calls {@link #endWhatIsOver} */
    public void watchedBy(Runnable watch) {
        onCall = watch;
    }

    /**
     * Ends the statements of those that are over.
     *
     * @return whether there are any to be watched
     */
    public boolean endWhatIsOver() throws SQLException {
        for (Call call : calls) {
            call.endStatementsIfOver();
        }
        return !calls.isEmpty();
    }
}
