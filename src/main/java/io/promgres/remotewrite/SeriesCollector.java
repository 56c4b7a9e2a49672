package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
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
import io.promgres.model.SeriesIndex;
import io.promgres.model.SeriesStart;
import io.promgres.model.StartIndex;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of the series of a request, whatever its protocol: their samples go to those of known series, to the new
 * series, or to the rejections. One thread at a time.
 */
final class SeriesCollector {

    /** What is known of series: their addresses, and the starts that are stored. */
    record Known(SeriesIndex series, StartIndex starts) {}

    /** Who may send what, and how much of it. */
    record Terms(Limits limits, InstantSource clock, ReplicaAndTenantFilter identity) {}

    private final Known index;
    private final ReplicaAndTenantFilter identity;
    private final RequestSize size;
    private final RejectionCollector refusals;
    private final LabelResolver storedLabels;
    private final ExemplarsAndHistograms beside;

    private SampleBatch known;
    private int sizeBefore;
    private List<NewSeries> unknown = List.of();
    private List<NewMetadata> metadata = List.of();
    private List<SeriesStart> starts = List.of();
    private Counts dropped;
    private int hits;
    private int misses;

    /**
     * @param labels of the series that it will take
     * @param size of the request so far
     */
    SeriesCollector(Known index, Terms terms, SeriesBuffer.Labels labels, RequestSize size) {
        this.index = index;
        this.size = size;
        identity = terms.identity();
        refusals = new RejectionCollector(terms.limits(), terms.clock(), labels);
        storedLabels = new LabelResolver(terms, labels, size, refusals);
        beside = new ExemplarsAndHistograms(storedLabels, refusals);
    }

    void beginRequest(SampleBatch into) {
        known = into;
        sizeBefore = into.size();
        dropped = Counts.NONE;
        refusals.begin();
        hits = 0;
        misses = 0;
    }

    /** All that the request has, once its last series was taken. */
    DecodedWrite result() {
        index.series().lookedUp(hits, misses);
        DecodedWrite result = new DecodedWrite(
                known,
                unknown,
                metadata,
                beside.keptExemplars(),
                beside.keptHistograms(),
                starts,
                refusals.rejections(),
                dropped);
        forget();
        return result;
    }

    /** What the result has lives as long as that, and no longer. */
    private void forget() {
        unknown = List.of();
        metadata = List.of();
        starts = List.of();
        beside.forget();
    }

    /** Takes back what has been added to the batch. */
    void abandon() {
        known.truncate(sizeBefore);
        forget();
    }

    /**
     * Takes a series.
     *
     * @return false if another replica sends the same: then nothing of it is stored
     */
    boolean accept(SeriesBuffer series) throws MalformedBodyException {
        if (identity.electsReplicas() && !identity.admits(series.labels().read(), series.firstTime())) {
            dropped = dropped.plus(series.counts());
            return false;
        }
        if (series.hasOthers()) {
            beside.accept(series);
        }
        if (series.samples().size() > 0) {
            acceptSamples(series);
        }
        return true;
    }

    private void acceptSamples(SeriesBuffer series) throws MalformedBodyException {
        long address = series.labels().find(index.series());
        if (address == SeriesAddress.UNKNOWN) {
            misses++;
            addUnknown(series);
        } else {
            hits++;
            addKnown(series.samples(), address);
        }
        if (series.samples().size() > 0) {
            addStarts(series, address);
        }
    }

    private void addKnown(SeriesSamples samples, long address) throws MalformedBodyException {
        dropUnstorableTimes(samples);
        for (int i = 0; i < samples.size(); i++) {
            known.add(address, samples.time(i), samples.bits(i));
        }
    }

    private void addUnknown(SeriesBuffer series) throws MalformedBodyException {
        SeriesSamples samples = series.samples();
        LabelSet set = storedLabels.orReject(new Counts(samples.size(), 0, 0));
        if (set == null) {
            return;
        }
        dropUnstorableTimes(samples);
        if (samples.size() > 0) {
            if (unknown.isEmpty()) {
                unknown = new ArrayList<>();
            }
            byte[] key = series.labels().copyOfKey();
            size.addKey(key.length);
            unknown.add(new NewSeries(key, set, samples.copyOfTimes(), samples.copyOfBits()));
        }
    }

    private void dropUnstorableTimes(SeriesSamples samples) throws MalformedBodyException {
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

    /** A series whose start is known costs one look-up. */
    private void addStarts(SeriesBuffer series, long address) throws MalformedBodyException {
        SeriesStarts sent = series.starts();
        sent.add(series.created(), series.samples().time(0));
        if (sent.size() == 0 || sent.size() == 1 && index.starts().isKnown(address, sent.start(0))) {
            return;
        }
        LabelSet set = storedLabels.orNull();
        if (set == null) {
            return;
        }
        size.addStarts(sent.size());
        for (int i = 0; i < sent.size(); i++) {
            if (refusals.unstorable(sent.start(i)) == null) {
                if (starts.isEmpty()) {
                    starts = new ArrayList<>();
                }
                starts.add(new SeriesStart(set, sent.start(i), sent.time(i)));
            }
        }
    }

    void addMetadata(NewMetadata one) throws BodyTooLargeException {
        MetricMetadata text = one.metadata();
        size.addMetadata(one.key().length
                + text.family().length()
                + text.help().length()
                + text.unit().length());
        if (metadata.isEmpty()) {
            metadata = new ArrayList<>();
        }
        metadata.add(one);
    }

    /** See {@link RejectionCollector#reject(Reason, Counts, int)}. */
    void reject(Reason reason, Counts what, int label) throws MalformedBodyException {
        refusals.reject(reason, what, label);
    }

    /** See {@link RejectionCollector#reject(Reason, Counts, String)}. */
    void reject(Reason reason, Counts what, String offender) {
        refusals.reject(reason, what, offender);
    }
}
