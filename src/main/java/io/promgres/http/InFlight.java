package io.promgres.http;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The budget of bytes that are being worked on: who reads a request claims a few bytes first, and has the claim grow with
 * what arrives and with what it turns out to take.
 *
 * <p>Claims are granted in the order in which they were made, growth before new ones; one that fits does not overtake a
 * larger one that waits. A claim larger than the whole budget is granted when nothing else is in flight, so it goes through
 * alone.
 *
 * <p>Those who hold a part of the budget and wait for more never all wait for each other: one claim at a time may grow
 * beyond the budget. So the budget is exceeded by what one request takes, at most.
 *
 * <p>Nothing blocks: a claim that has to wait is an entry in a set, and its callback runs on the thread that made
 * room. How long to wait is the claimant's decision ({@link Claim#release} leaves the queue), and so is a bound on the
 * number of waiters: the HTTP server makes one claim for each connection.
 *
 * <p>Thread-safe. Every granted claim must be released, or its bytes are lost to the budget for ever.
 */
public final class InFlight {

    private final long budget;
    private final Set<Claim> growing = new LinkedHashSet<>();
    private final Set<Claim> entering = new LinkedHashSet<>();
    private long used;
    // Whose growth has exceeded the budget; null as long as it is not exceeded.
    private Claim beyond;

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
     * @param granted called once, before this method returns if there is room and no other claim waits, else on the thread that
     *     makes room; never after {@link Claim#release}, unless both happen at the same time
     */
    public Claim claim(long bytes, Consumer<Claim> granted) {
        Claim claim = new Claim();
        ask(claim, bytes, granted);
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

    /** The number of claims that wait, to begin or to grow. */
    public synchronized int waiting() {
        return growing.size() + entering.size();
    }

    private void ask(Claim claim, long bytes, Consumer<Claim> granted) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a claim of " + bytes + " bytes");
        }
        List<Claim> next;
        synchronized (this) {
            next = claim.ask(bytes, granted);
        }
        next.forEach(Claim::tell);
    }

    private boolean mayEnter(Claim claim) {
        return used == 0 || claim.wanted <= budget - used;
    }

    private boolean mayGrow(Claim claim) {
        return beyond == null || beyond == claim || claim.wanted - claim.held <= budget - used;
    }

    private void take(Claim claim) {
        used += claim.wanted - claim.held;
        claim.held = claim.wanted;
        claim.state = State.GRANTED;
        if (used <= budget) {
            beyond = null;
        } else if (beyond == null) {
            beyond = claim;
        }
    }

    private List<Claim> grantWaiting() {
        List<Claim> next = new ArrayList<>();
        grant(growing, next);
        if (growing.isEmpty()) {
            grant(entering, next);
        }
        return next;
    }

    private void grant(Set<Claim> waiting, List<Claim> next) {
        Iterator<Claim> queue = waiting.iterator();
        while (queue.hasNext()) {
            Claim claim = queue.next();
            if (waiting == growing ? !mayGrow(claim) : !mayEnter(claim)) {
                break;
            }
            queue.remove();
            take(claim);
            next.add(claim);
        }
    }

    private enum State {
        ENTERING,
        GRANTED,
        GROWING,
        RELEASED
    }

    /** A part of the budget: waited for, held, or given back. */
    public final class Claim {

        private Consumer<Claim> granted;
        private State state = State.ENTERING;
        private long held;
        private long wanted;

        private Claim() {}

        /**
         * Makes a claim that is granted larger or smaller. Once released it stays so, and no callback is called.
         *
         * @param bytes that it is to have in all, at least 0
         * @param granted called once, before this method returns if there is room or less is wanted, else on the thread that
         *     makes room; never after {@link #release}, unless both happen at the same time
         * @throws IllegalStateException if what was asked for before is not granted yet
         */
        public void resize(long bytes, Consumer<Claim> granted) {
            InFlight.this.ask(this, bytes, granted);
        }

        /**
         * Makes a claim that is granted larger, if that need not wait.
         *
         * @return whether it is; true of one that is released, which holds nothing
         */
        boolean grow(long bytes) {
            synchronized (InFlight.this) {
                if (state != State.GRANTED) {
                    return state == State.RELEASED;
                }
                wanted = held + bytes;
                if (mayGrow(this)) {
                    take(this);
                    return true;
                }
                wanted = held;
                return false;
            }
        }

        /** Gives back all that this claim holds, or leaves the queue; the second call does nothing. */
        public void release() {
            List<Claim> next;
            synchronized (InFlight.this) {
                if (state == State.RELEASED) {
                    return;
                }
                growing.remove(this);
                entering.remove(this);
                wanted = 0;
                take(this);
                state = State.RELEASED;
                next = grantWaiting();
            }
            next.forEach(Claim::tell);
        }

        // Who is to be told that he has what he asked for.
        private List<Claim> ask(long bytes, Consumer<Claim> callback) {
            if (state == State.RELEASED) {
                return List.of();
            }
            if (granted != null && state != State.GRANTED) {
                throw new IllegalStateException("a claim that waits already");
            }
            granted = callback;
            wanted = bytes;
            if (needNotWait()) {
                return taken();
            }
            if (state == State.ENTERING) {
                entering.add(this);
            } else {
                state = State.GROWING;
                growing.add(this);
            }
            return List.of();
        }

        // A claim beyond the budget does not wait for others: they may wait for it.
        private boolean needNotWait() {
            if (state == State.ENTERING) {
                return waiting() == 0 && mayEnter(this);
            }
            return wanted <= held || beyond == this || growing.isEmpty() && mayGrow(this);
        }

        private List<Claim> taken() {
            boolean makesRoom = wanted < held;
            take(this);
            List<Claim> next = new ArrayList<>(List.of(this));
            if (makesRoom) {
                next.addAll(grantWaiting());
            }
            return next;
        }

        private void tell() {
            granted.accept(this);
        }
    }
}
