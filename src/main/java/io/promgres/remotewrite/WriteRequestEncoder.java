package io.promgres.remotewrite;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.Sample;
import io.promgres.codec.proto.Types.TimeSeries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.xerial.snappy.Snappy;

/** Makes the body of a remote write 1.0 request, as a sender does. For few samples; not thread-safe. */
public final class WriteRequestEncoder {

    private final WriteRequest.Builder request = WriteRequest.newBuilder();

    /**
     * @param labels with __name__, in order of their names
     * @param time milliseconds since the epoch
     */
    public void add(Map<String, String> labels, long time, double value) {
        TimeSeries.Builder series = request.addTimeseriesBuilder();
        labels.forEach((name, text) ->
                series.addLabels(Label.newBuilder().setName(name).setValue(text)));
        series.addSamples(Sample.newBuilder().setTimestamp(time).setValue(value));
    }

    /** The request, compressed. */
    public byte[] encode() {
        try {
            return Snappy.compress(request.build().toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
