package io.promgres.ingest;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A queue with a thread that works on it. {@link #close} works off what is there. */
abstract class Worker<T> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private static final long IDLE_MILLIS = 250;

    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();
    private final Object end = new Object();
    private final Thread thread;
    private boolean closed;

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
        return next == null || next == end ? null : (T) queue.poll();
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
        queue.add(end);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
