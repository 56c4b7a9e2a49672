package io.promgres.remotewrite;

import com.google.protobuf.CodedOutputStream;
import io.promgres.codec.proto.Types;
import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.HistogramMessages;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.LabelSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.xerial.snappy.Snappy;

/**
 * Collects samples and native histograms of many series into the body of a remote write 2.0 request. A buffer that is used again and again; one
 * thread at a time. See {@link WriteRequestEncoder} for few samples.
 */
public final class WriteRequestBuffer {

    private static final int REQUEST_SYMBOL = 4;
    private static final int REQUEST_SERIES = 5;
    private static final int SERIES_LABELS = 1;
    private static final int SERIES_SAMPLE = 2;
    private static final int SERIES_HISTOGRAM = 3;
    private static final int SAMPLE_VALUE = 1;
    private static final int SAMPLE_TIME = 2;
    private static final int SAMPLE_START = 3;
    private static final int HISTOGRAM_START = 17;
    private static final int LENGTH = 2;

    private final ByteArrayOutputStream series = new ByteArrayOutputStream();
    private final CodedOutputStream seriesOut = CodedOutputStream.newInstance(series);
    private final ByteArrayOutputStream request = new ByteArrayOutputStream();
    private final CodedOutputStream requestOut = CodedOutputStream.newInstance(request);
    private final ByteArrayOutputStream symbolBytes = new ByteArrayOutputStream();
    private final CodedOutputStream symbolsOut = CodedOutputStream.newInstance(symbolBytes);
    private final Map<String, Integer> symbols = new HashMap<>();
    private final NativeHistogram histogram = new NativeHistogram();
    private boolean hasData;
    private int samples;
    private int histograms;

    public void beginSeries(LabelSet labels) {
        series.reset();
        hasData = false;
        write(() -> {
            int[] references = new int[2 * labels.size()];
            int length = 0;
            for (int i = 0; i < references.length; i++) {
                references[i] = symbol(i % 2 == 0 ? labels.name(i / 2) : labels.value(i / 2));
                length += CodedOutputStream.computeUInt32SizeNoTag(references[i]);
            }
            seriesOut.writeTag(SERIES_LABELS, LENGTH);
            seriesOut.writeUInt32NoTag(length);
            for (int reference : references) {
                seriesOut.writeUInt32NoTag(reference);
            }
        });
    }

    private int symbol(String text) throws IOException {
        if (symbols.isEmpty()) {
            // The first one is empty.
            symbols.put("", 0);
            symbolsOut.writeString(REQUEST_SYMBOL, "");
        }
        Integer known = symbols.get(text);
        if (known != null) {
            return known;
        }
        symbolsOut.writeString(REQUEST_SYMBOL, text);
        symbols.put(text, symbols.size());
        return symbols.size() - 1;
    }

    /**
     * Adds a sample to the series.
     *
     * @param time milliseconds since the epoch
     * @param bits the value's 64 bits
     * @param start when the series began to count, milliseconds since the epoch; 0 if that is not known
     */
    public void add(long time, long bits, long start) {
        hasData = true;
        samples++;
        write(() -> {
            int length = CodedOutputStream.computeFixed64Size(SAMPLE_VALUE, bits)
                    + CodedOutputStream.computeInt64Size(SAMPLE_TIME, time)
                    + (start == 0 ? 0 : CodedOutputStream.computeInt64Size(SAMPLE_START, start));
            seriesOut.writeTag(SERIES_SAMPLE, LENGTH);
            seriesOut.writeUInt32NoTag(length);
            seriesOut.writeFixed64(SAMPLE_VALUE, bits);
            seriesOut.writeInt64(SAMPLE_TIME, time);
            if (start != 0) {
                seriesOut.writeInt64(SAMPLE_START, start);
            }
        });
    }

    /**
     * Adds a native histogram to the series.
     *
     * @param time milliseconds since the epoch
     * @param body as it is stored
     */
    public void addHistogram(long time, byte[] body) {
        hasData = true;
        histograms++;
        HistogramBody.decode(body, time, histogram);
        write(() -> {
            // The fields of 1.0, and the start.
            Types.Histogram message = HistogramMessages.of(histogram);
            int startBytes =
                    histogram.start == 0 ? 0 : CodedOutputStream.computeInt64Size(HISTOGRAM_START, histogram.start);
            seriesOut.writeTag(SERIES_HISTOGRAM, LENGTH);
            seriesOut.writeUInt32NoTag(message.getSerializedSize() + startBytes);
            message.writeTo(seriesOut);
            if (startBytes > 0) {
                seriesOut.writeInt64(HISTOGRAM_START, histogram.start);
            }
        });
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
        return symbolBytes.size() + request.size() + series.size();
    }

    /** Takes the request, compressed, and begins the next one. Between two series only. */
    public byte[] take() {
        write(() -> {
            requestOut.flush();
            symbolsOut.flush();
            request.writeTo(symbolBytes);
        });
        byte[] message = symbolBytes.toByteArray();
        symbolBytes.reset();
        symbols.clear();
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
