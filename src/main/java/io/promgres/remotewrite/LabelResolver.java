package io.promgres.remotewrite;

import io.promgres.codec.MalformedBodyException;
import io.promgres.model.Counts;
import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;

/**
 * The labels that the series which is being read is stored under, if it may be stored: valid ones, that its sender may send.
 * One thread at a time.
 */
final class LabelResolver {

    private final SeriesBuffer.Labels labels;
    private final LabelSets sets;
    private final ReplicaAndTenantFilter identity;
    private final RequestSize size;
    private final RejectionCollector refusals;

    LabelResolver(
            SeriesCollector.Terms terms, SeriesBuffer.Labels labels, RequestSize size, RejectionCollector refusals) {
        this.labels = labels;
        identity = terms.identity();
        this.size = size;
        this.refusals = refusals;
        sets = new LabelSets(terms.limits());
    }

    /** Whether the labels are valid; if not, this much of the series is rejected. */
    boolean areValidOrReject(Counts what) throws MalformedBodyException {
        Reason reason = sets.check(labels.read());
        if (reason != null) {
            refusals.reject(reason, what, sets.offendingLabel());
        }
        return reason == null;
    }

    /** The labels, or null if the series may not be stored: then this much of it is rejected. */
    LabelSet orReject(Counts what) throws MalformedBodyException {
        if (!areValidOrReject(what)) {
            return null;
        }
        LabelSet sent = built();
        Reason reason = identity.refusal(sent);
        if (reason != null) {
            refusals.reject(reason, what, -1);
            return null;
        }
        return identity.stored(sent);
    }

    /** The labels, or null if the series may not be stored; the reason has been told. */
    LabelSet orNull() throws MalformedBodyException {
        if (sets.check(labels.read()) != null) {
            return null;
        }
        LabelSet sent = built();
        return identity.refusal(sent) == null ? identity.stored(sent) : null;
    }

    private LabelSet built() {
        LabelSet set = sets.build();
        size.addSeries(set);
        return set;
    }
}
