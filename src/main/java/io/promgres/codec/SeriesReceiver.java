package io.promgres.codec;

import io.promgres.model.LabelSet;
import java.io.IOException;

/** Takes the series of a remote read answer, one after the other; one that is long may come in several parts. */
public interface SeriesReceiver {

    /** @throws IOException ends the reading */
    void beginSeries(LabelSet labels) throws IOException;

    /**
     * When the samples that follow began to count; not told of a series, it is not known.
     *
     * @param start milliseconds since the epoch, 0 if it is not known
     */
    default void start(long start) {}

    /**
     * A float sample of the series.
     *
     * @param time milliseconds since the epoch
     * @param bits the value's 64 bits
     * @throws IOException ends the reading
     */
    void sample(long time, long bits) throws IOException;

    /**
     * A native histogram of the series.
     *
     * @param time milliseconds since the epoch
     * @param body as it is stored: the encoding of {@code histogram.HistogramBody}
     * @throws IOException ends the reading
     */
    void histogram(long time, byte[] body) throws IOException;

    /** @throws IOException ends the reading */
    void endSeries() throws IOException;
}
