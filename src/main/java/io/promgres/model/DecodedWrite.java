package io.promgres.model;

import java.util.List;

/**
 * A write request as the decoder hands it on.
 *
 * @param known samples of series whose address was known
 * @param unknown series that have to be interned first, with their samples; the same labels may be there more than once
 * @param rejections what cannot be stored
 */
public record DecodedWrite(SampleBatch known, List<NewSeries> unknown, Rejections rejections) {

    /** How many samples were sent, those that cannot be stored included. */
    public int samples() {
        int ofUnknown =
                unknown.stream().mapToInt(series -> series.times().length).sum();
        return known.size() + ofUnknown + rejections.total();
    }
}
