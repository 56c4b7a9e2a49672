package io.promgres.ingest;

import io.promgres.model.Counts;
import io.promgres.model.Rejections;
import io.promgres.model.Rejections.Reason;

/** A write request whose parts (samples of known series, samples of new ones) are on their way. Thread-safe. */
final class PendingWrite {

    private final Acknowledgement acknowledgement;
    private final Rejections rejections;
    private int parts;
    private String failure;

    PendingWrite(int parts, Rejections rejections, Acknowledgement acknowledgement) {
        this.parts = parts;
        this.rejections = rejections;
        this.acknowledgement = acknowledgement;
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
        if (failure == null) {
            acknowledgement.stored(rejections);
        } else {
            acknowledgement.unavailable(failure);
        }
    }
}
