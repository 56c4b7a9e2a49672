package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.LabelSet;
import io.promgres.model.MetricMetadata;
import io.promgres.model.NewMetadata;
import io.promgres.model.NewSeries;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesAddress;
import io.promgres.model.StartIndex;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of the series of a request: their samples go to those of known series, to the new series, or to the
 * rejections. Both messages are decoded into one of these. One thread at a time.
 */
final class SeriesCollector {

    private static final int SAMPLE_VALUE = 1 << 3 | Cursor.FIXED64;
    private static final int SAMPLE_TIME = 2 << 3 | Cursor.VARINT;

    /** Since release candidate 4 of 2.0; a field that 1.0 does not have is skipped as well. */
    private static final int SAMPLE_START = 3 << 3 | Cursor.VARINT;

    /** The labels of the series that is being read. */
    interface Labels {

        /** Their bounds, good until the next call. */
        LabelFields read() throws MalformedBodyException;

        /** The bytes by which the series will be recognised. */
        byte[] copyOfKey();
    }

    /** Who may send what, and how much of it. */
    record Terms(ReplicaAndTenantFilter identity, DecodedBytes memory) {}

    /** A piece of metadata of five bytes takes some two hundred here. Prometheus sends 2,000 in a request. */
    private static final int MOST_METADATA = 1 << 16;

    private final Limits limits;
    private final Labels labels;
    private final LabelResolver storedLabels;
    private final ReplicaAndTenantFilter identity;
    private final DecodedBytes memory;
    private final RejectionCollector refusals;
    private final SeriesSamples samples = new SeriesSamples();
    private final ExemplarsAndHistograms beside;
    private final StartTimestamps starts;

    private SampleBatch known;
    private int sizeBefore;
    private List<NewSeries> unknown;
    private List<NewMetadata> metadata;
    private Counts dropped;
    private int samplesSent;
    private int hits;
    private int misses;

    /** @param startIndex of the starts that are stored */
    SeriesCollector(Limits limits, InstantSource clock, Labels labels, StartIndex startIndex, Terms terms) {
        this.limits = limits;
        this.labels = labels;
        identity = terms.identity();
        memory = terms.memory();
        starts = new StartTimestamps(startIndex);
        refusals = new RejectionCollector(limits, clock, labels);
        storedLabels = new LabelResolver(limits, labels, terms, refusals);
        beside = new ExemplarsAndHistograms(storedLabels, refusals, memory);
    }

    void beginRequest(SampleBatch into) {
        known = into;
        sizeBefore = into.size();
        unknown = List.of();
        metadata = List.of();
        beside.beginRequest();
        dropped = Counts.NONE;
        starts.beginRequest();
        refusals.begin();
        samplesSent = 0;
        hits = 0;
        misses = 0;
    }

    DecodedWrite result() {
        DecodedWrite result = new DecodedWrite(
                known,
                unknown,
                metadata,
                beside.keptExemplars(),
                beside.keptHistograms(),
                starts.fresh(),
                refusals.rejections(),
                dropped);
        forget();
        return result;
    }

    private void forget() {
        unknown = List.of();
        metadata = List.of();
        beside.endRequest();
        starts.beginRequest();
        samples.clear();
    }

    /** Takes back what has been added to the batch. */
    void abandon() {
        known.truncate(sizeBefore);
        forget();
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
        beside.beginSeries();
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
        memory.add(DecodedBytes.SAMPLE);
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
        LabelSet series = starts.isKnown(address) ? null : storedLabels.orNull();
        if (series != null) {
            memory.add((long) starts.size() * DecodedBytes.START);
            starts.keep(series, refusals);
        }
    }

    /** Whether the series is stored; if not, because another replica sends the same, it is counted, and ends here. */
    boolean admits() throws MalformedBodyException {
        if (!identity.electsReplicas()
                || identity.admits(labels.read(), samples.size() > 0 ? samples.time(0) : beside.firstTime())) {
            return true;
        }
        dropped = dropped.plus(sent());
        return false;
    }

    /** How many samples the series has, as far as read. */
    int samples() {
        return samples.size();
    }

    /** What of the series has been read so far. */
    Counts sent() {
        return new Counts(samples.size(), beside.histograms(), beside.exemplars());
    }

    /** Where the series' histograms and exemplars go. */
    ExemplarsAndHistograms beside() {
        return beside;
    }

    void addMetadata(NewMetadata one) throws BodyTooLargeException {
        if (metadata.size() == MOST_METADATA) {
            throw new BodyTooLargeException("the request holds more than " + MOST_METADATA + " new pieces of metadata");
        }
        if (metadata.isEmpty()) {
            metadata = new ArrayList<>();
        }
        MetricMetadata text = one.metadata();
        memory.add(DecodedBytes.METADATA
                + one.key().length
                + text.family().length()
                + text.help().length()
                + text.unit().length());
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
        LabelSet set = storedLabels.orReject(new Counts(samples.size(), 0, 0));
        if (set == null) {
            return;
        }
        dropUnstorableTimes();
        if (samples.size() > 0) {
            if (unknown.isEmpty()) {
                unknown = new ArrayList<>();
            }
            byte[] key = labels.copyOfKey();
            memory.add(key.length);
            unknown.add(new NewSeries(key, set, samples.copyOfTimes(), samples.copyOfBits()));
        }
    }

    /** See {@link RejectionCollector#reject(Reason, Counts, int)}. */
    void reject(Reason reason, Counts what, int label) throws MalformedBodyException {
        refusals.reject(reason, what, label);
    }

    /** See {@link RejectionCollector#reject(Reason, Counts, String)}. */
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
