package io.promgres.wire;

import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.LabelSet;
import io.promgres.model.NewMetadata;
import io.promgres.model.NewSeries;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesAddress;
import io.promgres.model.SeriesExemplar;
import io.promgres.model.SeriesHistogram;
import io.promgres.model.StartIndex;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of the series of a request: their samples go to those of known series, to the new series, or to the
 * rejections. Both messages are decoded into one of these. One thread at a time.
 */
final class Intake {

    private static final int SAMPLE_VALUE = 1 << 3 | Cursor.FIXED64;
    private static final int SAMPLE_TIME = 2 << 3 | Cursor.VARINT;

    /** Since release candidate 4 of 2.0; a field that 1.0 does not have is skipped as well. */
    private static final int SAMPLE_START = 3 << 3 | Cursor.VARINT;

    /** A histogram of two bytes takes some two hundred here. Prometheus sends 2,000 in a request unless told otherwise. */
    private static final int MOST_HISTOGRAMS = 1 << 17;

    /** The labels of the series that is being read. */
    interface Labels {

        /** Their bounds, good until the next call. */
        LabelFields read() throws MalformedBodyException;

        /** The bytes by which the series will be recognised. */
        byte[] copyOfKey();
    }

    private final Limits limits;
    private final Labels labels;
    private final LabelSets labelSets;
    private final Identity identity;
    private final Refusals refusals;
    private final SeriesSamples samples = new SeriesSamples();
    private final Exemplars exemplars = new Exemplars();
    private final Starts starts;
    private final Histograms histograms = new Histograms();

    private SampleBatch known;
    private int sizeBefore;
    private List<NewSeries> unknown;
    private List<NewMetadata> metadata;
    private List<SeriesExemplar> storable;
    private List<SeriesHistogram> storableHistograms;
    private Counts dropped;
    private int samplesSent;
    private int histogramsSent;
    private int hits;
    private int misses;

    /** @param startIndex of the starts that are stored */
    Intake(Limits limits, InstantSource clock, Labels labels, StartIndex startIndex, Identity identity) {
        this.limits = limits;
        this.labels = labels;
        this.identity = identity;
        labelSets = new LabelSets(limits);
        starts = new Starts(startIndex);
        refusals = new Refusals(limits, clock, labels);
    }

    void beginRequest(SampleBatch into) {
        known = into;
        sizeBefore = into.size();
        unknown = List.of();
        metadata = List.of();
        storable = List.of();
        storableHistograms = List.of();
        dropped = Counts.NONE;
        starts.beginRequest();
        refusals.begin();
        samplesSent = 0;
        histogramsSent = 0;
        hits = 0;
        misses = 0;
    }

    DecodedWrite result() {
        return new DecodedWrite(
                known, unknown, metadata, storable, storableHistograms, starts.fresh(), refusals.rejections(), dropped);
    }

    /** Takes back what has been added to the batch. */
    void abandon() {
        known.truncate(sizeBefore);
    }

    int hits() {
        return hits;
    }

    int misses() {
        return misses;
    }

    void beginSeries() {
        samples.clear();
        starts.beginSeries();
        exemplars.clear();
        histograms.clear();
    }

    /** @param knownFields of the message's samples, see {@link Cursor#skipUnknown} */
    void readSample(Cursor in, int knownFields) throws MalformedBodyException, BodyTooLargeException {
        int outerEnd = in.enter();
        long time = 0;
        long bits = 0;
        long start = 0;
        while (!in.atEnd()) {
            int tag = in.tag();
            switch (tag) {
                case SAMPLE_VALUE -> bits = in.fixed64();
                case SAMPLE_TIME -> time = in.varint();
                case SAMPLE_START -> start = in.varint();
                default -> in.skipUnknown(tag, knownFields);
            }
        }
        in.leave(outerEnd);
        if (++samplesSent > limits.maxSamples()) {
            throw new BodyTooLargeException("the request holds more than " + limits.maxSamples() + " samples");
        }
        samples.add(time, bits);
        starts.add(start, time);
    }

    /**
     * Takes the starts of the series, if its samples are stored; after {@link #endSeries}.
     *
     * @param created the start of the series as a whole, milliseconds since the epoch; 0 for none
     * @param address as {@link #endSeries} had it
     */
    void endStarts(long created, long address) throws MalformedBodyException {
        if (samples.size() == 0) {
            return;
        }
        starts.add(created, samples.time(0));
        if (!starts.isKnown(address) && labelSets.check(labels.read()) == null) {
            LabelSet sent = labelSets.build();
            if (identity.refusal(sent) == null) {
                starts.keep(identity.stored(sent), refusals);
            }
        }
    }

    /** Whether the series is stored; if not, because another replica sends the same, it is counted, and ends here. */
    boolean admits() throws MalformedBodyException {
        if (!identity.electsReplicas() || identity.admits(labels.read(), firstTime())) {
            return true;
        }
        dropped = dropped.plus(new Counts(samples.size(), histograms.size(), exemplars.size()));
        return false;
    }

    private long firstTime() {
        if (samples.size() > 0) {
            return samples.time(0);
        }
        if (histograms.size() > 0) {
            return histograms.time(0);
        }
        return exemplars.valid() > 0 ? exemplars.time(0) : 0;
    }

    /** How many samples the series has, as far as read. */
    int samples() {
        return samples.size();
    }

    void readHistogram(Cursor in) throws MalformedBodyException, BodyTooLargeException {
        if (++histogramsSent > MOST_HISTOGRAMS) {
            throw new BodyTooLargeException("the request holds more than " + MOST_HISTOGRAMS + " histograms");
        }
        histograms.read(in);
    }

    /** How many histograms the series has, as far as read. */
    int histograms() {
        return histograms.size();
    }

    /**
     * Takes the histograms of the series, if there are any and its labels are valid.
     *
     * @param created the start of the series as a whole, milliseconds since the epoch; 0 for none
     */
    void endHistograms(long created) throws MalformedBodyException {
        if (histograms.size() == 0) {
            return;
        }
        Reason reason = labelSets.check(labels.read());
        if (reason != null) {
            reject(reason, new Counts(0, histograms.size(), 0), labelSets.offendingLabel());
            return;
        }
        LabelSet series = storedLabels(new Counts(0, histograms.size(), 0));
        for (int i = 0; series != null && i < histograms.size(); i++) {
            addHistogram(series, i, created);
        }
    }

    private void addHistogram(LabelSet series, int i, long created) throws MalformedBodyException {
        Counts one = new Counts(0, 1, 0);
        Reason unstorable = refusals.unstorable(histograms.time(i));
        if (histograms.fault(i) != null) {
            reject(histograms.fault(i), one, -1);
        } else if (unstorable != null) {
            refusals.rejectTime(unstorable, one, histograms.time(i));
        } else {
            if (storableHistograms.isEmpty()) {
                storableHistograms = new ArrayList<>();
            }
            long start = histograms.start(i, created);
            storableHistograms.add(histograms.of(series, i, created, refusals.unstorable(start) == null ? start : 0));
        }
    }

    /** Where the series' exemplars are to be read into. */
    Exemplars exemplars() {
        return exemplars;
    }

    /** Takes the exemplars of the series, if there are any and its labels are valid. */
    void endExemplars() throws MalformedBodyException {
        if (exemplars.size() == 0) {
            return;
        }
        Reason reason = labelSets.check(labels.read());
        if (reason != null) {
            reject(reason, new Counts(0, 0, exemplars.size()), labelSets.offendingLabel());
            return;
        }
        if (exemplars.invalid() > 0) {
            reject(Reason.INVALID_EXEMPLAR, new Counts(0, 0, exemplars.invalid()), -1);
        }
        if (exemplars.valid() > 0) {
            labelSets.check(labels.read());
            LabelSet set = storedLabels(new Counts(0, 0, exemplars.valid()));
            if (set != null) {
                addExemplars(set);
            }
        }
    }

    /** The labels that the series is stored under, after a check that found nothing; null if the sender may not have them. */
    private LabelSet storedLabels(Counts what) throws MalformedBodyException {
        LabelSet sent = labelSets.build();
        Reason reason = identity.refusal(sent);
        if (reason != null) {
            reject(reason, what, -1);
            return null;
        }
        return identity.stored(sent);
    }

    private void addExemplars(LabelSet series) throws MalformedBodyException {
        if (storable.isEmpty()) {
            storable = new ArrayList<>();
        }
        for (int i = 0; i < exemplars.valid(); i++) {
            Reason reason = refusals.unstorable(exemplars.time(i));
            if (reason == null) {
                storable.add(exemplars.of(series, i));
            } else {
                refusals.rejectTime(reason, new Counts(0, 0, 1), exemplars.time(i));
            }
        }
    }

    void addMetadata(NewMetadata one) {
        if (metadata.isEmpty()) {
            metadata = new ArrayList<>();
        }
        metadata.add(one);
    }

    /** @param address what the index said, {@link SeriesAddress#UNKNOWN} included */
    void endSeries(long address) throws MalformedBodyException {
        if (address == SeriesAddress.UNKNOWN) {
            misses++;
            addUnknown();
        } else {
            hits++;
            addKnown(address);
        }
    }

    private void addKnown(long address) throws MalformedBodyException {
        dropUnstorableTimes();
        for (int i = 0; i < samples.size(); i++) {
            known.add(address, samples.time(i), samples.bits(i));
        }
    }

    private void addUnknown() throws MalformedBodyException {
        LabelFields fields = labels.read();
        Reason reason = labelSets.check(fields);
        if (reason != null) {
            reject(reason, new Counts(samples.size(), 0, 0), labelSets.offendingLabel());
            return;
        }
        LabelSet set = storedLabels(new Counts(samples.size(), 0, 0));
        if (set == null) {
            return;
        }
        dropUnstorableTimes();
        if (samples.size() > 0) {
            if (unknown.isEmpty()) {
                unknown = new ArrayList<>();
            }
            unknown.add(new NewSeries(labels.copyOfKey(), set, samples.copyOfTimes(), samples.copyOfBits()));
        }
    }

    /** See {@link Refusals#reject(Reason, Counts, int)}. */
    void reject(Reason reason, Counts what, int label) throws MalformedBodyException {
        refusals.reject(reason, what, label);
    }

    /** See {@link Refusals#reject(Reason, Counts, String)}. */
    void reject(Reason reason, Counts what, String offender) {
        refusals.reject(reason, what, offender);
    }

    private void dropUnstorableTimes() throws MalformedBodyException {
        int kept = 0;
        for (int i = 0; i < samples.size(); i++) {
            long time = samples.time(i);
            Reason reason = refusals.unstorable(time);
            if (reason == null) {
                samples.set(kept++, time, samples.bits(i));
            } else {
                refusals.rejectTime(reason, new Counts(1, 0, 0), time);
            }
        }
        samples.truncate(kept);
    }
}
