package io.promgres.http;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts what is taken of something whose limit may change meanwhile. Thread-safe. */
final class PermitCounter {

    private final AtomicInteger taken = new AtomicInteger();

    /**
     * Takes one, if that is within the limit.
     *
     * @param limit 0 for none
     */
    boolean take(int limit) {
        if (taken.incrementAndGet() <= limit || limit == 0) {
            return true;
        }
        giveBack();
        return false;
    }

    void giveBack() {
        taken.decrementAndGet();
    }

    int taken() {
        return taken.get();
    }
}
