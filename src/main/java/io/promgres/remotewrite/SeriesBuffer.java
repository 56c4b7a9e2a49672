package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.MalformedBodyException;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.Counts;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SeriesIndex;
import java.util.List;

/**
 * One series of a request: its labels, samples, starts, exemplars and native histograms. A decoder fills it, a {@link
 * SeriesCollector} takes it; reused for the next one. It has no rules but how much a request may hold. One thread at a time.
 */
final class SeriesBuffer {

    /** The labels of the series, in the form in which its protocol has them. */
    interface Labels {

        /** Their bounds, good until the next call. */
        LabelFields read() throws MalformedBodyException;

        /** The address of the series, {@link io.promgres.model.SeriesAddress#UNKNOWN} if the index does not have it. */
        long find(SeriesIndex index);

        /** The bytes by which the index will recognise the series. */
        byte[] copyOfKey();
    }

    private final Labels labels;
    private final RequestSize size;
    private final SeriesSamples samples = new SeriesSamples();
    private final SeriesStarts starts = new SeriesStarts();
    private final Exemplars exemplars = new Exemplars();
    private final Histograms histograms = new Histograms();
    private long created;

    /** Most series have samples alone: the others cost them one look. */
    private boolean hasOthers;

    /** @param size of the request so far */
    SeriesBuffer(Labels labels, RequestSize size) {
        this.labels = labels;
        this.size = size;
    }

    /** Begins the next series. */
    void clear() {
        samples.clear();
        starts.clear();
        if (hasOthers) {
            exemplars.clear();
            histograms.clear();
            hasOthers = false;
        }
        created = 0;
    }

    /**
     * Adds a sample.
     *
     * @param time milliseconds since the epoch
     * @param start when counting began, milliseconds since the epoch; 0 for none
     */
    void addSample(long time, long bits, long start) throws BodyTooLargeException {
        size.addSample();
        samples.add(time, bits);
        starts.add(start, time);
    }

    /**
     * Adds an exemplar.
     *
     * @param time milliseconds since the epoch
     * @param texts names and values of its labels in turns; null if they cannot be stored
     */
    void addExemplar(long time, long bits, List<String> texts) throws BodyTooLargeException {
        size.addExemplar(texts == null ? 0 : (long) texts.size() * RequestSize.TEXT + Exemplars.MOST_CHARACTERS);
        hasOthers = true;
        exemplars.add(time, bits, texts);
    }

    /**
     * Adds a native histogram.
     *
     * @param histogram is not kept
     * @param fault why it cannot be stored, as far as the decoder knows, or null
     */
    void addHistogram(NativeHistogram histogram, Reason fault) throws BodyTooLargeException {
        hasOthers = true;
        size.addHistogram(histograms.add(histogram, fault));
    }

    /** @param time when the series as a whole began, milliseconds since the epoch; 0 for unknown */
    void setCreated(long time) {
        created = time;
    }

    Labels labels() {
        return labels;
    }

    SeriesSamples samples() {
        return samples;
    }

    SeriesStarts starts() {
        return starts;
    }

    Exemplars exemplars() {
        return exemplars;
    }

    Histograms histograms() {
        return histograms;
    }

    /** See {@link #setCreated}. */
    long created() {
        return created;
    }

    /** How much it holds, valid or not. */
    Counts counts() {
        return new Counts(samples.size(), histograms.size(), exemplars.size());
    }

    boolean isEmpty() {
        return samples.size() == 0 && !hasOthers;
    }

    /** Whether it holds exemplars or histograms, valid or not. */
    boolean hasOthers() {
        return hasOthers;
    }

    /** The time of the first of what it holds, milliseconds since the epoch; 0 if it holds nothing that is valid. */
    long firstTime() {
        if (samples.size() > 0) {
            return samples.time(0);
        }
        if (histograms.size() > 0) {
            return histograms.time(0);
        }
        return exemplars.valid() > 0 ? exemplars.time(0) : 0;
    }
}
