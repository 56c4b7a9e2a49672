package io.promgres.remotewrite;

import io.promgres.codec.MalformedBodyException;
import io.promgres.model.Counts;
import io.promgres.model.Rejections;
import io.promgres.model.Rejections.Reason;
import java.time.Instant;
import java.time.InstantSource;

/** What of a request cannot be stored, with the words for the first offender; and which times can be. One thread at a time. */
final class RejectionCollector {

    /** 0001-01-01 to 9999-12-31: times that PostgreSQL and the date types of its clients can hold. */
    private static final long EARLIEST = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();

    private static final long LATEST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    private final Limits limits;
    private final InstantSource clock;
    private final SeriesBuffer.Labels labels;

    private Rejections rejections;
    private long latest;

    /** @param labels of the series that is being read */
    RejectionCollector(Limits limits, InstantSource clock, SeriesBuffer.Labels labels) {
        this.limits = limits;
        this.clock = clock;
        this.labels = labels;
    }

    /** Begins a request. */
    void begin() {
        rejections = new Rejections();
        latest = latestAccepted();
    }

    private long latestAccepted() {
        long now = clock.millis();
        long ahead = limits.maxAhead().toMillis();
        return ahead > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + ahead;
    }

    /** Those of the request. */
    Rejections rejections() {
        return rejections;
    }

    /** Rejects something of the series for a reason that has to do with its labels, or with all of it. */
    void reject(Reason reason, Counts what, int label) throws MalformedBodyException {
        String offender = rejections.isEmpty() ? RejectionText.ofLabels(reason, labels.read(), label, limits) : "";
        rejections.add(reason, what, offender);
    }

    /** Rejects something that belongs to no series. */
    void reject(Reason reason, Counts what, String offender) {
        rejections.add(reason, what, offender);
    }

    /** Why nothing of this time can be stored, or null. */
    Reason unstorable(long time) {
        if (time > latest) {
            return Reason.TOO_FAR_AHEAD;
        }
        return time < EARLIEST || time > LATEST ? Reason.OUT_OF_RANGE : null;
    }

    /** @param time for which {@link #unstorable} gave the reason */
    void rejectTime(Reason reason, Counts what, long time) throws MalformedBodyException {
        String offender = rejections.isEmpty() ? RejectionText.ofTime(reason, labels.read(), time, limits) : "";
        rejections.add(reason, what, offender);
    }
}
