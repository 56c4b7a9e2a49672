package io.promgres.remotewrite;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.histogram.HistogramFields;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.Rejections.Reason;

/** Reads the message Histogram of 1.0 and 2.0 into the buffer of its series. */
final class HistogramReader {

    private final HistogramFields fields = new HistogramFields();

    void read(Cursor in, SeriesBuffer into) throws MalformedBodyException, BodyTooLargeException {
        NativeHistogram histogram = fields.read(in);
        into.addHistogram(histogram, fields.isTooLarge() ? Reason.HISTOGRAM_TOO_LARGE : null);
    }
}
