package io.promgres.ingest;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The budget of bytes that are being worked on: who wants to read a request claims its bytes first, and reads when the
 * claim is granted.
 *
 * <p>Claims are granted in the order in which they were made; a claim that fits does not overtake a larger one that
 * waits. A claim larger than the whole budget is granted when nothing else is in flight, so it goes through alone.
 *
 * <p>Nothing blocks: a claim that has to wait is an entry in a set, and its callback runs on the thread that made
 * room. How long to wait is the claimant's decision ({@link Claim#release} leaves the queue), and so is a bound on the
 * number of waiters: the HTTP server makes one claim for each connection.
 *
 * <p>Thread-safe. Every granted claim must be released, or its bytes are lost to the budget for ever.
 */
public final class InFlight {

    private final long budget;
    private final Set<Claim> waiting = new LinkedHashSet<>();
    private long used;

    /** @param budget bytes, greater than 0 */
    public InFlight(long budget) {
        if (budget <= 0) {
            throw new IllegalArgumentException("a budget of " + budget + " bytes");
        }
        this.budget = budget;
    }

    /**
     * Claims a part of the budget.
     *
     * @param bytes at least 0
     * @param granted called once, before this method returns if there is room and nobody waits, else on the thread that
     *     makes room; never after {@link Claim#release}, unless both happen at the same time
     */
    public Claim claim(long bytes, Consumer<Claim> granted) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a claim of " + bytes + " bytes");
        }
        Claim claim = new Claim(bytes, granted);
        boolean now;
        synchronized (this) {
            now = waiting.isEmpty() && fits(bytes);
            if (now) {
                take(claim);
            } else {
                waiting.add(claim);
            }
        }
        if (now) {
            granted.accept(claim);
        }
        return claim;
    }

    /** The budget in bytes. */
    public long budgetBytes() {
        return budget;
    }

    /** Bytes granted and not given back. */
    public synchronized long usedBytes() {
        return used;
    }

    /** The number of claims that wait. */
    public synchronized int waiting() {
        return waiting.size();
    }

    private boolean fits(long bytes) {
        return used == 0 || bytes <= budget - used;
    }

    private void take(Claim claim) {
        used += claim.bytes;
        claim.state = State.GRANTED;
    }

    private void giveBack(Claim claim, long keep) {
        List<Claim> next;
        synchronized (this) {
            if (!claim.reduce(keep)) {
                return;
            }
            next = grantWaiting();
        }
        next.forEach(granted -> granted.callback.accept(granted));
    }

    private List<Claim> grantWaiting() {
        List<Claim> next = new ArrayList<>();
        Iterator<Claim> queue = waiting.iterator();
        while (queue.hasNext()) {
            Claim claim = queue.next();
            if (!fits(claim.bytes)) {
                break;
            }
            queue.remove();
            take(claim);
            next.add(claim);
        }
        return next;
    }

    private enum State {
        WAITING,
        GRANTED,
        RELEASED
    }

    /** A part of the budget: waited for, held, or given back. */
    public final class Claim {

        private static final long NOTHING = -1;

        private final Consumer<Claim> callback;
        private State state = State.WAITING;
        private long bytes;

        private Claim(long bytes, Consumer<Claim> callback) {
            this.bytes = bytes;
            this.callback = callback;
        }

        /** Gives back what this claim holds beyond {@code bytes}; it never takes more, and does nothing while waiting. */
        public void shrink(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("a claim of " + bytes + " bytes");
            }
            giveBack(this, bytes);
        }

        /** Gives back all that this claim holds, or leaves the queue; the second call does nothing. */
        public void release() {
            giveBack(this, NOTHING);
        }

        private boolean reduce(long keep) {
            if (keep == NOTHING) {
                return close();
            }
            if (state != State.GRANTED || keep >= bytes) {
                return false;
            }
            used -= bytes - keep;
            bytes = keep;
            return true;
        }

        private boolean close() {
            State before = state;
            state = State.RELEASED;
            if (before == State.GRANTED) {
                used -= bytes;
            } else if (before == State.WAITING) {
                waiting.remove(this);
            }
            return before != State.RELEASED;
        }
    }
}
