package io.promgres.remoteread;

import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.Numbers;
import io.promgres.codec.SeriesReceiver;
import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.HistogramFields;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.Rejections.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a chunk of native histograms in Prometheus' encodings; see {@link HistogramChunk} for the layout of the first one. Those
 * that follow have the same buckets and are differences: of whole numbers the change of the change, of floats the bits that
 * change. For one chunk.
 */
final class HistogramChunkReader {

    private static final int MOST_WITH_STARTS = 0x3fff;

    private final int count;
    private final ChunkBits in;
    private final boolean isFloat;

    /** What all of them have in common, and the numbers of the one that is handed over. */
    private final NativeHistogram histogram = new NativeHistogram();

    private final NativeHistogram stale = new NativeHistogram();
    private final List<ChunkNumber> positive = new ArrayList<>();
    private final List<ChunkNumber> negative = new ArrayList<>();
    private ChunkNumber time;
    private ChunkNumber observations;
    private ChunkNumber zeros;
    private ChunkNumber sum;
    private int numbers;
    private final int resets;
    private final ChunkStarts.Reader starts;

    /**
     * @param isFloat whether its encoding is that of float histograms
     * @param hasStarts whether its encoding is one that says when histograms began to count
     * @throws MalformedBodyException if it is too short to be one
     */
    HistogramChunkReader(byte[] chunk, boolean isFloat, boolean hasStarts) throws MalformedBodyException {
        int head = ChunkBits.count(chunk);
        in = new ChunkBits(chunk);
        int third = (int) in.bits(Byte.SIZE);
        // With starts, what is known of resets is in the two highest bits of the number of histograms.
        count = hasStarts ? head & MOST_WITH_STARTS : head;
        resets = hasStarts ? head >>> Byte.SIZE : third;
        starts = new ChunkStarts.Reader(hasStarts ? third : 0);
        this.isFloat = isFloat;
    }

    /**
     * Hands over the histograms of the chunk within a range, as they are stored.
     *
     * @param first milliseconds since the epoch
     * @param last the last millisecond that belongs to it
     * @throws MalformedBodyException if the chunk ends within a histogram, or has one that is too large to be stored
     * @throws IOException of the receiver
     */
    void read(long first, long last, SeriesReceiver receiver) throws MalformedBodyException, IOException {
        for (int i = 0; i < count; i++) {
            boolean isCut = i == 0 ? begin() : advance();
            histogram.start = starts.read(in, time.value());
            stale.start = histogram.start;
            if (time.value() >= first && time.value() <= last) {
                receiver.histogram(time.value(), HistogramBody.encode(isCut ? stale : current()));
            }
            histogram.resetHint = HistogramChunk.hintAfter(histogram.resetHint);
        }
    }

    /** @return false: the first is whole */
    private boolean begin() throws MalformedBodyException {
        histogram.isFloat = isFloat;
        histogram.resetHint = HistogramChunk.hint(resets);
        histogram.zeroThresholdBits = threshold();
        histogram.schema = (int) in.signed();
        readSpans(histogram.positive.spans);
        readSpans(histogram.negative.spans);
        if (histogram.schema == NativeHistogram.CUSTOM_BOUNDS) {
            readBounds();
        }
        time = new ChunkNumber.Whole(in.signed());
        observations = number(false);
        zeros = number(false);
        sum = new ChunkNumber.Bits(in.bits(Long.SIZE));
        readBuckets(histogram.positive, positive);
        readBuckets(histogram.negative, negative);
        return false;
    }

    /** @return whether it is a stale marker, which has nothing behind its sum */
    private boolean advance() throws MalformedBodyException {
        time.advance(in);
        observations.advance(in);
        zeros.advance(in);
        sum.advance(in);
        if (sum.value() == HistogramResets.STALE) {
            stale.isFloat = isFloat;
            stale.sumBits = HistogramResets.STALE;
            return true;
        }
        advance(positive);
        advance(negative);
        return false;
    }

    private void advance(List<ChunkNumber> buckets) throws MalformedBodyException {
        for (ChunkNumber bucket : buckets) {
            bucket.advance(in);
        }
    }

    private NativeHistogram current() {
        histogram.count = observations.value();
        histogram.zeroCount = zeros.value();
        histogram.sumBits = sum.value();
        copy(positive, histogram.positive.counts);
        copy(negative, histogram.negative.counts);
        return histogram;
    }

    private static void copy(List<ChunkNumber> buckets, Numbers into) {
        into.clear();
        for (ChunkNumber bucket : buckets) {
            into.add(bucket.value());
        }
    }

    private long threshold() throws MalformedBodyException {
        int code = (int) in.bits(Byte.SIZE);
        return code == HistogramChunk.ANY_THRESHOLD ? in.bits(Long.SIZE) : HistogramChunk.threshold(code);
    }

    private void readSpans(Numbers into) throws MalformedBodyException {
        long spans = in.unsigned();
        for (long i = 0; i < spans; i++) {
            long length = in.unsigned();
            take(2);
            into.add((int) in.signed());
            into.add(length);
        }
    }

    private void readBounds() throws MalformedBodyException {
        long bounds = in.unsigned();
        for (long i = 0; i < bounds; i++) {
            take(1);
            long scaled = in.unsigned();
            histogram.bounds.add(scaled == 0 ? in.bits(Long.SIZE) : HistogramChunk.bound(scaled));
        }
    }

    private void readBuckets(NativeHistogram.Buckets buckets, List<ChunkNumber> into) throws MalformedBodyException {
        for (int span = 1; span < buckets.spans.size(); span += 2) {
            for (long i = buckets.spans.get(span); i != 0; i--) {
                take(1);
                into.add(number(true));
            }
        }
    }

    private ChunkNumber number(boolean isSigned) throws MalformedBodyException {
        if (isFloat) {
            return new ChunkNumber.Bits(in.bits(Long.SIZE));
        }
        return new ChunkNumber.Whole(isSigned ? in.signed() : in.unsigned());
    }

    /** Refuses what is too large before it is in memory. */
    private void take(int more) throws MalformedBodyException {
        numbers += more;
        if (numbers > HistogramFields.MOST_NUMBERS) {
            throw new MalformedBodyException("a chunk " + Reason.HISTOGRAM_TOO_LARGE.problem());
        }
    }
}
