package io.promgres.remotewrite;

import com.google.protobuf.CodedOutputStream;
import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.HistogramMessages;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.LabelSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.xerial.snappy.Snappy;

/**
 * Collects samples and native histograms of many series into the body of a remote write 1.0 request. A buffer that is used again and again; one
 * thread at a time. See {@link WriteRequestEncoder} for few samples.
 */
public final class WriteRequestBuffer {

    private static final int REQUEST_SERIES = 1;
    private static final int SERIES_LABEL = 1;
    private static final int SERIES_SAMPLE = 2;
    private static final int SERIES_HISTOGRAM = 4;
    private static final int LABEL_NAME = 1;
    private static final int LABEL_VALUE = 2;
    private static final int SAMPLE_VALUE = 1;
    private static final int SAMPLE_TIME = 2;
    private static final int LENGTH = 2;

    private final ByteArrayOutputStream series = new ByteArrayOutputStream();
    private final CodedOutputStream seriesOut = CodedOutputStream.newInstance(series);
    private final ByteArrayOutputStream request = new ByteArrayOutputStream();
    private final CodedOutputStream requestOut = CodedOutputStream.newInstance(request);
    private final NativeHistogram histogram = new NativeHistogram();
    private boolean hasData;
    private int samples;
    private int histograms;

    public void beginSeries(LabelSet labels) {
        series.reset();
        hasData = false;
        write(() -> {
            for (int i = 0; i < labels.size(); i++) {
                int length = CodedOutputStream.computeStringSize(LABEL_NAME, labels.name(i))
                        + CodedOutputStream.computeStringSize(LABEL_VALUE, labels.value(i));
                seriesOut.writeTag(SERIES_LABEL, LENGTH);
                seriesOut.writeUInt32NoTag(length);
                seriesOut.writeString(LABEL_NAME, labels.name(i));
                seriesOut.writeString(LABEL_VALUE, labels.value(i));
            }
        });
    }

    /**
     * Adds a sample to the series.
     *
     * @param time milliseconds since the epoch
     * @param bits the value's 64 bits
     */
    public void add(long time, long bits) {
        hasData = true;
        samples++;
        write(() -> {
            int length = CodedOutputStream.computeFixed64Size(SAMPLE_VALUE, bits)
                    + CodedOutputStream.computeInt64Size(SAMPLE_TIME, time);
            seriesOut.writeTag(SERIES_SAMPLE, LENGTH);
            seriesOut.writeUInt32NoTag(length);
            seriesOut.writeFixed64(SAMPLE_VALUE, bits);
            seriesOut.writeInt64(SAMPLE_TIME, time);
        });
    }

    /**
     * Adds a native histogram to the series.
     *
     * @param time milliseconds since the epoch
     * @param body as it is stored; when counting began is not sent, because the message has no place for it
     */
    public void addHistogram(long time, byte[] body) {
        hasData = true;
        histograms++;
        HistogramBody.decode(body, time, histogram);
        write(() -> seriesOut.writeMessage(SERIES_HISTOGRAM, HistogramMessages.of(histogram)));
    }

    /** Ends the series; one without samples and histograms leaves no trace. */
    public void endSeries() {
        if (hasData) {
            write(() -> {
                seriesOut.flush();
                requestOut.writeTag(REQUEST_SERIES, LENGTH);
                requestOut.writeUInt32NoTag(series.size());
                requestOut.writeRawBytes(series.toByteArray());
            });
        } else {
            write(seriesOut::flush);
        }
        hasData = false;
    }

    /** Samples of all series, that which has not ended included. */
    public int samples() {
        return samples;
    }

    /** Native histograms of all series, that which has not ended included. */
    public int histograms() {
        return histograms;
    }

    /** Bytes of the request so far, not compressed; a few KiB of the last series may be missing. */
    public int bytes() {
        return request.size() + series.size();
    }

    /** Takes the request, compressed, and begins the next one. Between two series only. */
    public byte[] take() {
        write(requestOut::flush);
        byte[] message = request.toByteArray();
        request.reset();
        samples = 0;
        histograms = 0;
        try {
            return Snappy.compress(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Writing {
        void run() throws IOException;
    }

    private static void write(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new UncheckedIOException("a buffer in memory does not fail", e);
        }
    }
}
