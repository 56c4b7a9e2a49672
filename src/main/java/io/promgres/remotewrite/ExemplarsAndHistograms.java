package io.promgres.remotewrite;

import io.promgres.codec.MalformedBodyException;
import io.promgres.model.Counts;
import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SeriesExemplar;
import io.promgres.model.SeriesHistogram;
import java.util.ArrayList;
import java.util.List;

/** What becomes of the exemplars and histograms of a request: those of each series are kept or rejected. One thread at a time. */
final class ExemplarsAndHistograms {

    private static final Counts ONE_HISTOGRAM = new Counts(0, 1, 0);
    private static final Counts ONE_EXEMPLAR = new Counts(0, 0, 1);

    private final LabelResolver labels;
    private final RejectionCollector refusals;
    private List<SeriesExemplar> keptExemplars = List.of();
    private List<SeriesHistogram> keptHistograms = List.of();

    ExemplarsAndHistograms(LabelResolver labels, RejectionCollector refusals) {
        this.labels = labels;
        this.refusals = refusals;
    }

    void forget() {
        keptExemplars = List.of();
        keptHistograms = List.of();
    }

    /** Those of the request that are to be stored. */
    List<SeriesExemplar> keptExemplars() {
        return keptExemplars;
    }

    /** Those of the request that are to be stored. */
    List<SeriesHistogram> keptHistograms() {
        return keptHistograms;
    }

    /** Takes what the series has, as far as it can be stored. */
    void accept(SeriesBuffer series) throws MalformedBodyException {
        if (series.exemplars().size() > 0) {
            accept(series.exemplars());
        }
        if (series.histograms().size() > 0) {
            accept(series.histograms(), series.created());
        }
    }

    private void accept(Exemplars exemplars) throws MalformedBodyException {
        if (!labels.areValidOrReject(new Counts(0, 0, exemplars.size()))) {
            return;
        }
        if (exemplars.invalid() > 0) {
            refusals.reject(Reason.INVALID_EXEMPLAR, new Counts(0, 0, exemplars.invalid()), -1);
        }
        LabelSet series = exemplars.valid() > 0 ? labels.orReject(new Counts(0, 0, exemplars.valid())) : null;
        for (int i = 0; series != null && i < exemplars.valid(); i++) {
            add(series, exemplars, i);
        }
    }

    private void add(LabelSet series, Exemplars exemplars, int i) throws MalformedBodyException {
        Reason reason = refusals.unstorable(exemplars.time(i));
        if (reason != null) {
            refusals.rejectTime(reason, ONE_EXEMPLAR, exemplars.time(i));
            return;
        }
        if (keptExemplars.isEmpty()) {
            keptExemplars = new ArrayList<>();
        }
        keptExemplars.add(exemplars.of(series, i));
    }

    private void accept(Histograms histograms, long created) throws MalformedBodyException {
        LabelSet series = labels.orReject(new Counts(0, histograms.size(), 0));
        for (int i = 0; series != null && i < histograms.size(); i++) {
            add(series, histograms, i, created);
        }
    }

    private void add(LabelSet series, Histograms histograms, int i, long created) throws MalformedBodyException {
        Reason unstorable = refusals.unstorable(histograms.time(i));
        if (histograms.fault(i) != null) {
            refusals.reject(histograms.fault(i), ONE_HISTOGRAM, -1);
        } else if (unstorable != null) {
            refusals.rejectTime(unstorable, ONE_HISTOGRAM, histograms.time(i));
        } else {
            if (keptHistograms.isEmpty()) {
                keptHistograms = new ArrayList<>();
            }
            long start = histograms.start(i, created);
            keptHistograms.add(histograms.of(series, i, created, refusals.unstorable(start) == null ? start : 0));
        }
    }
}
