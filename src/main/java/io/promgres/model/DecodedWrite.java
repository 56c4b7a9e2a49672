package io.promgres.model;

import java.util.List;

/**
 * A write request as the decoder hands it on.
 *
 * @param known samples of series whose address was known
 * @param unknown series that have to be interned first, with their samples; the same labels may be there more than once
 * @param metadata that was not known; the same may be there more than once
 * @param exemplars of series known or not
 * @param histograms of series known or not
 * @param starts of series known or not, that are not known
 * @param rejections what cannot be stored
 * @param dropped what need not be stored, because another replica sends it
 */
public record DecodedWrite(
        SampleBatch known,
        List<NewSeries> unknown,
        List<NewMetadata> metadata,
        List<SeriesExemplar> exemplars,
        List<SeriesHistogram> histograms,
        List<SeriesStart> starts,
        Rejections rejections,
        Counts dropped) {

    /** How much was sent, what cannot or need not be stored included. */
    public Counts sent() {
        int ofUnknown =
                unknown.stream().mapToInt(series -> series.times().length).sum();
        return new Counts(known.size() + ofUnknown, histograms.size(), exemplars.size())
                .plus(rejections.counts())
                .plus(dropped);
    }
}
