package io.promgres.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.stream.Stream;

/**
 * What has to be stopped and deleted, the last first. Thread-safe; whatever is added after the end is closed at once.
 */
public final class Cleanup implements AutoCloseable {

    private final Deque<AutoCloseable> things = new ArrayDeque<>();
    private boolean closed;

    /** Closes when it is told to, or when the JVM is. */
    public static Cleanup atShutdown() {
        Cleanup cleanup = new Cleanup();
        Runtime.getRuntime().addShutdownHook(new Thread(cleanup::close, "cleanup"));
        return cleanup;
    }

    /** Has it closed with this; returns it. */
    public synchronized <T extends AutoCloseable> T add(T thing) {
        if (closed) {
            close(thing);
            throw new IllegalStateException("interrupted");
        }
        things.push(thing);
        return thing;
    }

    /** Closes one thing before the others. */
    synchronized void close(AutoCloseable thing) {
        things.remove(thing);
        try {
            thing.close();
        } catch (Exception e) {
            System.err.println("not cleaned up: " + e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!things.isEmpty()) {
            close(things.peek());
        }
    }

    /** Deletes a directory with all that is in there, if it exists. */
    public static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
