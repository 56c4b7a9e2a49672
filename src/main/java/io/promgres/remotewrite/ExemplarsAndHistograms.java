package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.model.Counts;
import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SeriesExemplar;
import io.promgres.model.SeriesHistogram;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of the histograms and exemplars of a request: of each series in turn they are read, then kept or rejected. One
 * thread at a time.
 */
final class ExemplarsAndHistograms {

    /** A histogram of two bytes takes some two hundred here. Prometheus sends 2,000 in a request unless told otherwise. */
    private static final int MOST_HISTOGRAMS = 1 << 17;

    /** An exemplar of two bytes takes some sixty here. */
    private static final int MOST_EXEMPLARS = 1 << 17;

    private static final Counts ONE_HISTOGRAM = new Counts(0, 1, 0);
    private static final Counts ONE_EXEMPLAR = new Counts(0, 0, 1);

    private final LabelResolver labels;
    private final RejectionCollector refusals;
    private final DecodedBytes memory;
    private final Exemplars exemplars = new Exemplars();
    private final Histograms histograms = new Histograms();
    private List<SeriesExemplar> keptExemplars = List.of();
    private List<SeriesHistogram> keptHistograms = List.of();
    private int histogramsSent;
    private int exemplarsSent;

    ExemplarsAndHistograms(LabelResolver labels, RejectionCollector refusals, DecodedBytes memory) {
        this.labels = labels;
        this.refusals = refusals;
        this.memory = memory;
    }

    void beginRequest() {
        keptExemplars = List.of();
        keptHistograms = List.of();
        histogramsSent = 0;
        exemplarsSent = 0;
    }

    /** Forgets everything of the request: what its result has lives as long as that, and no longer. */
    void endRequest() {
        keptExemplars = List.of();
        keptHistograms = List.of();
        beginSeries();
    }

    void beginSeries() {
        exemplars.clear();
        histograms.clear();
    }

    /** Those of the request that are to be stored. */
    List<SeriesExemplar> keptExemplars() {
        return keptExemplars;
    }

    /** Those of the request that are to be stored. */
    List<SeriesHistogram> keptHistograms() {
        return keptHistograms;
    }

    /** How many exemplars the series has, as far as read, valid or not. */
    int exemplars() {
        return exemplars.size();
    }

    /** @param symbols that a message of 2.0 refers to; null for one of 1.0, which has its labels in it */
    void readExemplar(Cursor in, Symbols symbols) throws MalformedBodyException, BodyTooLargeException {
        if (++exemplarsSent > MOST_EXEMPLARS) {
            throw new BodyTooLargeException("the request holds more than " + MOST_EXEMPLARS + " exemplars");
        }
        memory.add(DecodedBytes.EXEMPLAR + exemplars.read(in, symbols));
    }

    void readHistogram(Cursor in) throws MalformedBodyException, BodyTooLargeException {
        if (++histogramsSent > MOST_HISTOGRAMS) {
            throw new BodyTooLargeException("the request holds more than " + MOST_HISTOGRAMS + " histograms");
        }
        memory.add(DecodedBytes.HISTOGRAM + histograms.read(in));
    }

    /** How many histograms the series has, as far as read. */
    int histograms() {
        return histograms.size();
    }

    /** The time of the first of what the series has, milliseconds since the epoch; 0 if it has nothing that is valid. */
    long firstTime() {
        if (histograms.size() > 0) {
            return histograms.time(0);
        }
        return exemplars.valid() > 0 ? exemplars.time(0) : 0;
    }

    /**
     * Takes what the series has, as far as it can be stored.
     *
     * @param created the start of the series as a whole, milliseconds since the epoch; 0 for none
     */
    void endSeries(long created) throws MalformedBodyException {
        if (exemplars.size() > 0) {
            endExemplars();
        }
        if (histograms.size() > 0) {
            endHistograms(created);
        }
    }

    private void endExemplars() throws MalformedBodyException {
        if (!labels.areValidOrReject(new Counts(0, 0, exemplars.size()))) {
            return;
        }
        if (exemplars.invalid() > 0) {
            refusals.reject(Reason.INVALID_EXEMPLAR, new Counts(0, 0, exemplars.invalid()), -1);
        }
        LabelSet series = exemplars.valid() > 0 ? labels.orReject(new Counts(0, 0, exemplars.valid())) : null;
        for (int i = 0; series != null && i < exemplars.valid(); i++) {
            addExemplar(series, i);
        }
    }

    private void addExemplar(LabelSet series, int i) throws MalformedBodyException {
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

    private void endHistograms(long created) throws MalformedBodyException {
        LabelSet series = labels.orReject(new Counts(0, histograms.size(), 0));
        for (int i = 0; series != null && i < histograms.size(); i++) {
            addHistogram(series, i, created);
        }
    }

    private void addHistogram(LabelSet series, int i, long created) throws MalformedBodyException {
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
