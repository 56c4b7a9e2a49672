package io.promgres.ingest;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue with a thread that works on it. {@link #close} works off what is there, for {@value #CLOSING_MILLIS} ms: when a
 * storm has filled the queue, the rest is refused, and its senders send it again.
 */
abstract class Worker<T> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private static final long IDLE_MILLIS = 250;
    private static final long CLOSING_MILLIS = 1_000;
    // One item may be at work when the time is up.
    private static final long LAST_ITEM_MILLIS = 1_000;

    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();
    private final Object end = new Object();
    private final Thread thread;
    private boolean closed;
    private volatile long refusesAfter = Long.MAX_VALUE;

    Worker(String name) {
        thread = new Thread(this::run, name);
    }

    void start() {
        thread.start();
    }

    /** Works on this item, and on as many more as {@link #poll} gives. */
    abstract void work(T item);

    /** Called while there is nothing to do, every {@value #IDLE_MILLIS} ms. */
    void idle() {}

    /** Ends an item that came too late. */
    abstract void refuse(T item);

    void add(T item) {
        synchronized (this) {
            if (!closed) {
                queue.add(item);
                return;
            }
        }
        refuse(item);
    }

    /** The next item, or null if there is none now; for {@link #work} only. */
    @SuppressWarnings("unchecked")
    T poll() {
        Object next = queue.peek();
        return next == null || next == end || isTimeUp() ? null : (T) queue.poll();
    }

    private boolean isTimeUp() {
        long at = refusesAfter;
        return at != Long.MAX_VALUE && System.nanoTime() - at > 0;
    }

    /** Whether items wait. */
    boolean isBusy() {
        return !queue.isEmpty();
    }

    @SuppressWarnings("unchecked")
    private void run() {
        try {
            for (Object item = null; item != end; item = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS)) {
                if (item == null) {
                    idle();
                } else if (isTimeUp()) {
                    refuse((T) item);
                } else {
                    work((T) item);
                }
            }
        } catch (InterruptedException e) {
            LOG.error("{} was interrupted", thread.getName(), e);
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
