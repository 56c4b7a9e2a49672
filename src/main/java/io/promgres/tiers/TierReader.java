package io.promgres.tiers;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Reads the samples of series from both tiers. The connection has to be in a transaction with one snapshot for all of its
 * statements (REPEATABLE READ): packing moves samples from one tier to the other. Not thread-safe.
 */
public final class TierReader {

    /** About as many samples are in memory at once, most of them as they are packed. */
    private static final long BATCH_SAMPLES = 4_000_000;

    private static final long USUAL_INTERVAL_MILLIS = 15_000;
    private static final int SMALLEST_BATCH = 16;
    private static final int LARGEST_BATCH = 4_000;

    private final PackedTier packed;
    private final LandingTier landing;
    private final HistogramRows histograms;

    /** Takes the series one after the other, in the order in which they were asked for. */
    @FunctionalInterface
    public interface Sink {

        /**
         * @param index of the series in the list
         * @param samples in order; the sink's from here on
         * @param histograms in order; in front of them the last one before the range, if there is one
         * @throws SQLException ends the reading
         */
        void take(int index, SampleArrays samples, List<StoredHistogram> histograms) throws SQLException;
    }

    public TierReader(Connection connection, KnownVectors vectors) {
        packed = new PackedTier(connection, vectors);
        landing = new LandingTier(connection);
        histograms = new HistogramRows(connection);
    }

    /**
     * Hands over the samples of each series from a time to a time.
     *
     * @param from milliseconds since the epoch
     * @param to included
     * @throws SQLException of the database or the sink; if it was in the midst of a COPY, the connection is of no use any more
     */
    public void read(List<StoredSeries> series, long from, long to, Sink sink) throws SQLException {
        read(series, null, from, to, sink);
    }

    /**
     * As {@link #read(List, long, long, Sink)}.
     *
     * @param known what the snapshot has of the metrics of all series in the range; null if it is to be read
     */
    public void read(List<StoredSeries> series, PackedBlocks known, long from, long to, Sink sink) throws SQLException {
        int size = batchSize(from, to);
        for (int at = 0; at < series.size() && from <= to; at += size) {
            Batch batch = new Batch(series.subList(at, Math.min(series.size(), at + size)), from, to);
            PackedBlocks blocks = known == null ? packed.blocks(batch) : known;
            packed.read(batch, blocks);
            landing.read(batch);
            histograms.read(batch, blocks.withHistograms());
            handOver(batch, packed.times(batch), at, sink);
        }
    }

    private static int batchSize(long from, long to) {
        double series = BATCH_SAMPLES / (1 + ((double) to - from) / USUAL_INTERVAL_MILLIS);
        return (int) Math.max(SMALLEST_BATCH, Math.min(LARGEST_BATCH, series));
    }

    private static void handOver(Batch batch, Map<Long, VectorTimes> times, int index, Sink sink) throws SQLException {
        int at = index;
        for (Batch.Member member : batch.members()) {
            sink.take(at++, samples(batch, member, times), member.histograms());
            member.runs().clear();
        }
    }

    private static SampleArrays samples(Batch batch, Batch.Member member, Map<Long, VectorTimes> times) {
        List<RunBytes> runs = member.runs();
        SampleArrays landed = member.landed();
        if (runs.isEmpty()) {
            landed.sort();
            return landed;
        }
        runs.sort(Comparator.comparingLong(
                run -> run.firstTime(times.get(run.vector().id()))));
        int most = runs.stream().mapToInt(RunBytes::ticks).sum();
        SampleArrays samples = new SampleArrays(most + landed.size());
        for (RunBytes run : runs) {
            run.decode(times.get(run.vector().id()), batch.from(), batch.to(), samples);
        }
        for (int i = 0; i < landed.size(); i++) {
            samples.add(landed.times()[i], landed.values()[i]);
        }
        samples.sort();
        return samples;
    }
}
