package io.promgres.remoteread;

import io.promgres.model.LabelSet;

/** Takes series one after the other, each with its samples in the order of their times. */
public interface SeriesSink {

    /** @throws Exception ends the reading */
    void beginSeries(LabelSet labels) throws Exception;

    /**
     * When the samples that follow began to count, unless that is not known of any of the series.
     *
     * @param start milliseconds since the epoch, 0 if it is not known
     * @throws Exception ends the reading
     */
    default void start(long start) throws Exception {}

    /**
     * A sample of the series.
     *
     * @param time milliseconds since the epoch, after that of the sample before
     * @param bits the value's 64 bits
     * @throws Exception ends the reading
     */
    void sample(long time, long bits) throws Exception;

    /**
     * A native histogram of the series.
     *
     * @param time milliseconds since the epoch, after that of the sample or histogram before
     * @param body as it was stored
     * @throws Exception ends the reading
     */
    void histogram(long time, byte[] body) throws Exception;

    /** @throws Exception ends the reading */
    void endSeries() throws Exception;
}
