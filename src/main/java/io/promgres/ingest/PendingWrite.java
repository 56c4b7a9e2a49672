package io.promgres.ingest;

import io.promgres.model.Counts;
import io.promgres.model.Rejections;
import io.promgres.model.Rejections.Reason;
import java.util.concurrent.atomic.AtomicInteger;

/** A write request whose parts, one for each {@link Lane} that it concerns, are on their way. Thread-safe. */
final class PendingWrite {

    private final Acknowledgement acknowledgement;
    private final Rejections rejections;
    private final AtomicInteger pending;
    private final WriteFailures failures;
    private int parts;
    private String failure;

    /**
     * @param pending the number of requests on their way, to which this one counts until its last part ends
     * @param failures is told how the request ends
     */
    PendingWrite(
            int parts,
            Rejections rejections,
            Acknowledgement acknowledgement,
            AtomicInteger pending,
            WriteFailures failures) {
        this.parts = parts;
        this.rejections = rejections;
        this.acknowledgement = acknowledgement;
        this.pending = pending;
        this.failures = failures;
        pending.incrementAndGet();
    }

    synchronized void reject(Reason reason, int samples, String offender) {
        rejections.add(reason, samples, offender);
    }

    /** Whether its sender waits for it. */
    boolean isAwaited() {
        return acknowledgement.isAwaited();
    }

    /** A part becomes two. */
    synchronized void split() {
        parts++;
    }

    synchronized void reject(Reason reason, Counts what, String offender) {
        rejections.add(reason, what, offender);
    }

    /** A part is committed. */
    void stored() {
        partEnds(null);
    }

    /** A part is not committed. */
    void failed(String reason) {
        partEnds(reason);
    }

    private void partEnds(String reason) {
        synchronized (this) {
            if (failure == null) {
                failure = reason;
            }
            if (--parts != 0) {
                return;
            }
        }
        pending.decrementAndGet();
        if (failure == null) {
            failures.stored();
            acknowledgement.stored(rejections);
        } else {
            failures.failed(failure);
            acknowledgement.unavailable(failure);
        }
    }
}
