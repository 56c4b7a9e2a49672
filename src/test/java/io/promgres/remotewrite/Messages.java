package io.promgres.remotewrite;

import com.google.protobuf.ByteString;
import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.Sample;
import io.promgres.codec.proto.Types.TimeSeries;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.xerial.snappy.Snappy;

/** Messages of remote write 1.0 for tests: by the generated classes where they are valid, byte by byte where not. */
public final class Messages {

    private Messages() {}

    static byte[] request(TimeSeries... series) {
        WriteRequest.Builder request = WriteRequest.newBuilder();
        for (TimeSeries each : series) {
            request.addTimeseries(each);
        }
        return request.build().toByteArray();
    }

    static TimeSeries series(String metric, long time, double value) {
        return labels("__name__", metric).addSamples(sample(time, value)).build();
    }

    static TimeSeries.Builder labels(String... namesAndValues) {
        TimeSeries.Builder series = TimeSeries.newBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            series.addLabels(Label.newBuilder().setName(namesAndValues[i]).setValue(namesAndValues[i + 1]));
        }
        return series;
    }

    static Sample sample(long time, double value) {
        return Sample.newBuilder().setTimestamp(time).setValue(value).build();
    }

    public static byte[] compress(byte[] message) {
        try {
            return Snappy.compress(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A field of wire type 2 with these parts, one after the other, as its content. */
    static byte[] field(int number, byte[]... parts) {
        byte[] content = join(parts);
        return join(varint(number << 3 | 2), varint(content.length), content);
    }

    static byte[] field(int number, String text) {
        return field(number, ByteString.copyFromUtf8(text).toByteArray());
    }

    static byte[] label(byte[] name, byte[] value) {
        return field(1, field(1, name), field(2, value));
    }

    static byte[] label(String name, String value) {
        return field(1, field(1, name), field(2, value));
    }

    /** The Sample field of a TimeSeries. */
    static byte[] sampleField(long time, double value) {
        return field(2, sample(time, value).toByteArray());
    }

    public static byte[] varint(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long rest = value;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
            out.write((int) (rest & 0x7f | 0x80));
        }
        out.write((int) rest);
        return out.toByteArray();
    }

    public static byte[] bytes(int... values) {
        byte[] result = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (byte) values[i];
        }
        return result;
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
