package io.promgres.remotewrite;

import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.HistogramResolution;
import io.promgres.histogram.HistogramRules;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.LabelSet;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SeriesHistogram;
import java.util.ArrayList;
import java.util.List;

/**
 * The native histograms of one series of a request: as the bytes that are stored, which take about as much room as on the
 * wire. What is not valid is kept as the reason why.
 */
final class Histograms {

    private record Read(Reason fault, long time, long start, double count, long sumBits, byte[] body) {}

    private final HistogramResolution resolution = new HistogramResolution();
    private List<Read> read = new ArrayList<>();

    void clear() {
        // A list that a large series has made grow is not kept.
        if (!read.isEmpty()) {
            read = new ArrayList<>();
        }
    }

    int size() {
        return read.size();
    }

    /**
     * Adds one.
     *
     * @param histogram is not kept; its resolution is reduced if it is finer than what is stored
     * @param known why it cannot be stored, or null if nothing is known
     * @return the bytes that its stored form takes
     */
    int add(NativeHistogram histogram, Reason known) {
        Reason fault = known != null ? known : fault(histogram);
        if (fault != null) {
            read.add(new Read(fault, histogram.time, 0, 0, 0, null));
            return 0;
        }
        byte[] body = HistogramBody.encode(histogram);
        read.add(new Read(null, histogram.time, histogram.start, histogram.observations(), histogram.sumBits, body));
        return body.length;
    }

    private Reason fault(NativeHistogram histogram) {
        if (HistogramResolution.isTooFine(histogram)) {
            Reason fault = HistogramRules.checkSpans(histogram.positive, 1);
            if (fault == null) {
                fault = HistogramRules.checkSpans(histogram.negative, 1);
            }
            if (fault != null) {
                return fault;
            }
            resolution.reduce(histogram);
        }
        return HistogramRules.check(histogram);
    }

    /** What is wrong with one, or null if nothing is. */
    Reason fault(int i) {
        return read.get(i).fault();
    }

    /** Milliseconds since the epoch. */
    long time(int i) {
        return read.get(i).time();
    }

    /**
     * When counting began, as it came with one without a fault.
     *
     * @param created the start of the series as a whole, for those that have none of their own
     */
    long start(int i, long created) {
        return read.get(i).start() != 0 ? read.get(i).start() : created;
    }

    /**
     * One without a fault, as it is stored.
     *
     * @param created see {@link #start}
     * @param start that of the series which it tells; 0 for none
     */
    SeriesHistogram of(LabelSet series, int i, long created, long start) {
        Read one = read.get(i);
        byte[] body = start(i, created) == one.start() ? one.body() : withStart(one.body(), created);
        return new SeriesHistogram(series, one.time(), start, one.count(), one.sumBits(), body);
    }

    /** Until release candidate 4 of remote write 2.0 a series has a start, and stands before it is known. */
    private static byte[] withStart(byte[] body, long start) {
        NativeHistogram histogram = new NativeHistogram();
        HistogramBody.decode(body, 0, histogram);
        histogram.start = start;
        return HistogramBody.encode(histogram);
    }
}
