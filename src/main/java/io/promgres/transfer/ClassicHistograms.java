package io.promgres.transfer;

import io.promgres.histogram.HistogramBuckets;
import io.promgres.histogram.HistogramBuckets.Bucket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Makes classic histograms of the native ones of one series: the number of observations up to each bound. Native histograms name
 * only the buckets that are not empty; a series of classic ones is of use if the same bounds come again and again. So some are
 * read ahead, and each gets the bounds of all so far.
 */
final class ClassicHistograms {

    /** More of a series are not in memory: 42 hours of a usual one, some MiB. */
    private static final int READ_AHEAD = 10_000;

    /** Takes what classic histograms are made of. */
    interface Output {

        /** @param bound upper, finite */
        void bucket(long time, double bound, double count) throws IOException;

        /** Ends a histogram. */
        void total(long time, double count, double sum) throws IOException;
    }

    private record Read(long time, byte[] body) {}

    private final Output output;
    private final List<Read> ahead = new ArrayList<>();
    private final TreeSet<Double> bounds = new TreeSet<>();

    ClassicHistograms(Output output) {
        this.output = output;
    }

    /**
     * Adds one to the series.
     *
     * @param time milliseconds since the epoch
     * @param body as it is stored
     * @return false if it is none, but marks the end of the series
     */
    boolean add(long time, byte[] body) throws IOException {
        HistogramBuckets histogram = HistogramBuckets.of(body);
        if (histogram.isStale()) {
            return false;
        }
        ahead.add(new Read(time, body));
        histogram.customBounds().forEach(this::addBound);
        for (Bucket bucket : histogram.buckets()) {
            // That the lowest bucket begins at zero where it is positive, readers of classic histograms take for
            // granted.
            if (bucket.lower() != 0) {
                addBound(bucket.lower());
            }
            addBound(bucket.upper());
        }
        if (ahead.size() == READ_AHEAD) {
            write();
        }
        return true;
    }

    private void addBound(double bound) {
        if (Double.isFinite(bound)) {
            // Zero has one sign here.
            bounds.add(bound + 0.0);
        }
    }

    /** Ends the series. */
    void end() throws IOException {
        write();
        bounds.clear();
    }

    private void write() throws IOException {
        for (Read one : ahead) {
            write(one.time(), HistogramBuckets.of(one.body()));
        }
        ahead.clear();
    }

    private void write(long time, HistogramBuckets histogram) throws IOException {
        List<Bucket> buckets = histogram.buckets();
        int below = 0;
        double count = 0;
        for (double bound : bounds) {
            while (below < buckets.size() && buckets.get(below).upper() <= bound) {
                count += buckets.get(below).count();
                below++;
            }
            if (!isWithin(bound, buckets, below)) {
                output.bucket(time, bound, count);
            }
        }
        output.total(time, histogram.count(), histogram.sum());
    }

    /**
     * Whether a bound divides a bucket: how many of its observations are below is not known. Buckets do not overlap, but for
     * the one around zero, which may reach into others.
     */
    private static boolean isWithin(double bound, List<Bucket> buckets, int next) {
        for (Bucket bucket : buckets.subList(next, Math.min(buckets.size(), next + 2))) {
            if (bucket.lower() < bound && bucket.count() != 0) {
                return true;
            }
        }
        return false;
    }
}
