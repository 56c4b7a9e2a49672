package io.promgres.remoteread;

import io.promgres.codec.proto.Remote.QueryResult;
import io.promgres.codec.proto.Remote.ReadResponse;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.Sample;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.HistogramMessages;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.LabelSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.xerial.snappy.Snappy;

/** Encodes a remote read answer of samples, which is one message and in memory as a whole. One thread at a time. */
public final class ReadResponseEncoder {

    private final ReadResponse.Builder response = ReadResponse.newBuilder();
    private QueryResult.Builder result;
    private TimeSeries.Builder series;
    private NativeHistogram histogram = new NativeHistogram();
    private NativeHistogram before = new NativeHistogram();

    /** Begins the result of the next query; each query has one. */
    public void beginQuery() {
        result = response.addResultsBuilder();
    }

    /** Begins a series, of which there is no more than this one in a query. */
    public void beginSeries(LabelSet labels) {
        series = TimeSeries.newBuilder();
        for (int i = 0; i < labels.size(); i++) {
            series.addLabels(Label.newBuilder().setName(labels.name(i)).setValue(labels.value(i)));
        }
    }

    /** @param time milliseconds since the epoch, after that of the sample before */
    public void add(long time, long valueBits) {
        series.addSamples(Sample.newBuilder().setTimestamp(time).setValue(Double.longBitsToDouble(valueBits)));
    }

    /**
     * Adds a native histogram to the series. Of one that goes on counting where the one before ended, it says so.
     *
     * @param time milliseconds since the epoch, after that of the histogram before
     * @param body as it was stored
     */
    public void addHistogram(long time, byte[] body) {
        HistogramBody.decode(body, time, histogram);
        if (histogram.resetHint == HistogramResets.UNKNOWN
                && series.getHistogramsCount() > 0
                && HistogramResets.follows(before, histogram)) {
            histogram.resetHint = HistogramResets.NO_RESET;
        }
        series.addHistograms(HistogramMessages.of(histogram));
        NativeHistogram last = histogram;
        histogram = before;
        before = last;
    }

    /** Ends the series; one without samples leaves no trace. */
    public void endSeries() {
        if (series.getSamplesCount() + series.getHistogramsCount() > 0) {
            result.addTimeseries(series);
        }
    }

    /** The answer, compressed. */
    public byte[] encode() {
        try {
            return Snappy.compress(response.build().toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
