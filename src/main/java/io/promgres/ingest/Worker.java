package io.promgres.ingest;

import io.promgres.observe.FailureLog;
import io.promgres.observe.FatalErrors;
import io.promgres.observe.Metrics;
import io.promgres.observe.QueueMetrics;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A queue with a thread that works on it. {@link #close} works off what is there, for {@value #CLOSING_MILLIS} ms: when a
 * storm has filled the queue, the rest is refused, and its senders send it again.
 */
abstract class Worker<T> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private static final String NOT_AWAITED = "its sender waits no more";
    private static final String STOPPING = "promgres is stopping";
    private static final long IDLE_MILLIS = 250;
    private static final long CLOSING_MILLIS = 1_000;
    // One item may be at work when the time is up.
    private static final long LAST_ITEM_MILLIS = 1_000;

    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();
    private final Object end = new Object();
    // What has been taken and has not ended: nothing else is kept, however long the work goes on.
    private final List<T> atWork = new LinkedList<>();
    private final QueueMetrics metrics;
    private final FailureLog faults;
    private final Thread thread;
    private boolean closed;
    private volatile long refusesAfter = Long.MAX_VALUE;
    private volatile boolean started;
    private volatile boolean working;
    private volatile long progressedAt = System.nanoTime();

    /** What waits, since when. */
    private record Waiting<T>(T item, long since) {}

    /** @param name of the queue; its thread's has {@code promgres-} in front */
    Worker(String name, Metrics metrics) {
        this.metrics = metrics.queue(name, queue::size, this::oldestNanos);
        thread = new Thread(this::run, "promgres-" + name);
        faults = new FailureLog(LOG, Level.ERROR, thread.getName() + " failed");
    }

    void start() {
        started = true;
        thread.start();
    }

    /** Works on this item, and on as many more as {@link #poll} gives. */
    abstract void work(T item);

    /** Whether {@link #idle} has something to do. */
    boolean hasIdleWork() {
        return false;
    }

    /** Called while no item waits, every {@value #IDLE_MILLIS} ms, if {@link #hasIdleWork}. */
    void idle() {}

    /**
     * Ends an item that is not worked on, or not to its end. Of what was at work, those that have not {@link #ended}.
     *
     * @param reason for those that wait
     */
    abstract void refuse(T item, String reason);

    /** Whether a client waits for an item; the worker refuses one that no client waits for. */
    boolean isAwaited(T item) {
        return true;
    }

    /** Whether an item may wait for as long as there are others before it. */
    boolean isPatient() {
        return false;
    }

    /** A long {@link #work} is not stuck. */
    void progresses() {
        progressedAt = System.nanoTime();
    }

    /** How long the item waits, or is worked on without progress, that does so for longest; 0 if there is none. */
    long oldestNanos() {
        long now = System.nanoTime();
        long atWork = working ? now - progressedAt : 0;
        return Math.max(atWork, queue.peek() instanceof Waiting<?> waiting ? now - waiting.since() : 0);
    }

    /** Why it will not do its work, empty if it will: its thread has ended, or does not get on with it. */
    Optional<String> stuck(Duration patience) {
        if (started && !thread.isAlive() && !isClosed()) {
            return Optional.of("thread " + thread.getName() + " has ended");
        }
        boolean rests = isPatient() && System.nanoTime() - progressedAt < patience.toNanos();
        return rests || oldestNanos() < patience.toNanos()
                ? Optional.empty()
                : Optional.of("thread " + thread.getName() + " has not got on for " + patience.toSeconds() + " s");
    }

    /** An item has ended: it is answered, and not held any more. For {@link #work} only. */
    void ended(T item) {
        // By identity; as a rule the first one ends first.
        for (Iterator<T> items = atWork.iterator(); items.hasNext(); ) {
            if (items.next() == item) {
                items.remove();
                return;
            }
        }
    }

    /** Forgets what {@link #work} has begun and not ended: it has thrown something. */
    void reset() {}

    void add(T item) {
        synchronized (this) {
            if (!closed) {
                queue.add(new Waiting<>(item, System.nanoTime()));
                return;
            }
        }
        refuse(item, STOPPING);
    }

    /** The next item, or null if there is none now; for {@link #work} only. */
    T poll() {
        for (Object next = queue.peek(); next != null && next != end && !isTimeUp(); next = queue.peek()) {
            T item = taken(queue.poll());
            if (isAwaited(item)) {
                atWork.add(item);
                return item;
            }
            refuse(item, NOT_AWAITED);
        }
        return null;
    }

    @SuppressWarnings("unchecked")
    private T taken(Object fromQueue) {
        Waiting<T> waiting = (Waiting<T>) fromQueue;
        metrics.waited(System.nanoTime() - waiting.since());
        return waiting.item();
    }

    private boolean isTimeUp() {
        long at = refusesAfter;
        return at != Long.MAX_VALUE && System.nanoTime() - at > 0;
    }

    /** Whether items wait. */
    boolean isBusy() {
        return !queue.isEmpty();
    }

    private void run() {
        try {
            for (Object item = next(); item != end; item = next()) {
                if (item == null) {
                    idle();
                } else if (isTimeUp()) {
                    refuse(taken(item), STOPPING);
                } else {
                    workOrRefuse(taken(item));
                }
            }
        } catch (InterruptedException e) {
            LOG.error("{} was interrupted", thread.getName(), e);
        } catch (Throwable e) {
            FatalErrors.check(e);
            throw e;
        }
        if (!isClosed()) {
            FatalErrors.threadEnds();
        }
    }

    private Object next() throws InterruptedException {
        return hasIdleWork() ? queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS) : queue.take();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void workOrRefuse(T item) {
        if (!isAwaited(item)) {
            refuse(item, NOT_AWAITED);
            return;
        }
        progresses();
        working = true;
        try {
            workOrRecover(item);
        } finally {
            working = false;
        }
    }

    /** An unexpected failure must neither end the thread nor leave a request waiting. */
    private void workOrRecover(T item) {
        atWork.add(item);
        try {
            work(item);
        } catch (RuntimeException | Error e) {
            FatalErrors.check(e);
            faults.failed(e);
            reset();
            List.copyOf(atWork).forEach(waiting -> refuse(waiting, "an error inside of promgres, its log has more"));
        } finally {
            atWork.clear();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        refusesAfter = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSING_MILLIS);
        queue.add(end);
        try {
            thread.join(CLOSING_MILLIS + LAST_ITEM_MILLIS);
            if (thread.isAlive()) {
                LOG.warn("{} is still waiting for the database", thread.getName());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
