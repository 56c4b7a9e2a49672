package io.promgres.testing;

import java.util.ArrayDeque;
import java.util.Deque;

/** What the tests of a class have opened: closed in the reverse order. */
public final class Opened implements AutoCloseable {

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    /** Has it closed with the others; returns it. */
    public <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    @Override
    public void close() throws Exception {
        while (!parts.isEmpty()) {
            parts.pop().close();
        }
    }
}
