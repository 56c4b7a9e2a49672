package io.promgres.daemon;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been started, in order; {@link #close} stops it in the reverse order. */
final class Lifecycle implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
    private static final long STOP_SECONDS = 5;

    private record Part(String name, AutoCloseable closeable) {}

    private final Deque<Part> parts = new ArrayDeque<>();

    /** @return the part */
    <T extends AutoCloseable> T add(String name, T part) {
        parts.push(new Part(name, part));
        return part;
    }

    /** Has a part that was added before stop before all that have been added since. */
    void stopFirst(AutoCloseable closeable) {
        Part part = parts.stream()
                .filter(one -> one.closeable() == closeable)
                .findFirst()
                .orElseThrow();
        parts.remove(part);
        parts.push(part);
    }

    /** As many threads, which finish what they have been given when they are stopped. */
    Executor threads(String name, int number) {
        AtomicInteger started = new AtomicInteger();
        ExecutorService executor =
                Executors.newFixedThreadPool(number, task -> new Thread(task, name + "-" + started.incrementAndGet()));
        add(name, (AutoCloseable) () -> {
            executor.shutdown();
            executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        });
        return executor;
    }

    /** The second time does nothing. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            long begin = System.nanoTime();
            try {
                part.closeable().close();
                LOG.debug("{} stopped in {} ms", part.name(), (System.nanoTime() - begin) / 1_000_000);
            } catch (Exception e) {
                LOG.warn("{} did not stop cleanly", part.name(), e);
            }
        }
    }
}
