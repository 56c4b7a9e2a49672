package io.promgres.replica;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The election of replicas, with a memory. The database is asked for a candidate that is heard of, but only a tenth of the
 * time of silence later again: by then, no other candidate can have taken the lead of one that has it. So two daemons never store
 * what two replicas send, and the leader that is heard counts as silent a tenth too early at most.
 *
 * <p>Thread-safe. Who asks for a candidate that another thread is asking the database for, waits for that answer.
 */
public final class Leases implements ReplicaElection {

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    /** Of the time of silence. */
    private static final int TENTHS = 10;

    /** Clusters come from senders: what is known is forgotten before it grows without end. */
    private static final int MOST_KNOWN = 10_000;

    private record Known(LeaderStatus standing, long untilNanos) {}

    private final LeaseStore store;
    private final Duration memory;
    private final LongSupplier nanoTime;
    private final Map<Candidate, Known> known = new ConcurrentHashMap<>();
    private final Map<Candidate, String> leaders = new ConcurrentHashMap<>();

    /** @param silence as the store has it */
    public Leases(LeaseStore store, Duration silence) {
        this(store, silence, System::nanoTime);
    }

    Leases(LeaseStore store, Duration silence, LongSupplier nanoTime) {
        this.store = store;
        this.memory = silence.dividedBy(TENTHS);
        this.nanoTime = nanoTime;
    }

    @Override
    public LeaderStatus heartbeat(Candidate candidate) throws UndecidedException {
        Known now = known.get(candidate);
        if (isFresh(now)) {
            return now.standing();
        }
        if (known.size() > MOST_KNOWN) {
            known.clear();
            leaders.clear();
        }
        try {
            return known.compute(candidate, (key, before) -> isFresh(before) ? before : ask(key))
                    .standing();
        } catch (Unanswered e) {
            throw new UndecidedException(
                    "the database does not say which replica of cluster " + candidate.cluster() + " leads: "
                            + e.getCause().getMessage(),
                    e.getCause());
        }
    }

    private boolean isFresh(Known one) {
        return one != null && nanoTime.getAsLong() - one.untilNanos() < 0;
    }

    private Known ask(Candidate candidate) {
        long asked = nanoTime.getAsLong();
        LeaseStore.Lease lease;
        try {
            lease = store.heartbeat(candidate);
        } catch (SQLException e) {
            throw new Unanswered(e);
        }
        report(candidate, lease.leader());
        // A leader is heard again whenever it sends; a follower only has to wait for the leader's silence.
        boolean soon = !lease.standing().leads() && lease.remaining().compareTo(memory) < 0;
        Duration fresh = soon ? lease.remaining() : memory;
        return new Known(lease.standing(), asked + fresh.toNanos());
    }

    private void report(Candidate candidate, String leader) {
        Candidate cluster = new Candidate(candidate.tenant(), candidate.cluster(), "");
        String before = leaders.put(cluster, leader);
        if (!leader.equals(before)) {
            LOG.info(
                    "replica {} leads cluster {}{}",
                    leader,
                    candidate.cluster(),
                    before == null ? "" : ", before it was " + before);
        }
    }

    /** Carries a failure out of a map's function. */
    private static final class Unanswered extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unanswered(SQLException cause) {
            super(cause);
        }
    }
}
