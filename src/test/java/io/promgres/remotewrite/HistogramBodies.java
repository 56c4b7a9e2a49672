package io.promgres.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.Cursor;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.histogram.HistogramFields;
import io.promgres.model.LabelSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;

/** Native histograms as they are stored. */
public final class HistogramBodies {

    private HistogramBodies() {}

    /** A valid one, as a request with it would store it. */
    public static byte[] of(Histogram message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        message.writeDelimitedTo(bytes);
        Cursor in = new Cursor();
        in.reset(bytes.toByteArray(), 0, bytes.size());
        Histograms histograms = new Histograms();
        try {
            histograms.add(new HistogramFields().read(in), null);
        } catch (MalformedBodyException e) {
            throw new IOException(e);
        }
        assertThat(histograms.fault(0)).isNull();
        return histograms.of(LabelSet.ofSorted("__name__", "m"), 0, 0, 0).body();
    }

    /** Any valid one. */
    public static Histogram random(Random random) {
        return HistogramsTest.random(random);
    }
}
