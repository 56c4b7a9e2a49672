package io.promgres.testing;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.xerial.snappy.Snappy;

/**
 * The body of a remote write 1.0 request in the making, independent of the classes of the product: any bytes for a label,
 * any 64 bits for a value. Field numbers: prometheus/prompb/remote.proto and types.proto.
 */
public final class WriteBody {

    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    public static byte[] of(TestSample... samples) {
        return of(List.of(samples));
    }

    public static byte[] of(List<TestSample> samples) {
        WriteBody body = new WriteBody();
        samples.forEach(body::add);
        return body.encode();
    }

    /** Adds a series with one sample. */
    public WriteBody add(TestSample sample) {
        List<byte[]> labels = new ArrayList<>();
        sample.labels().forEach((name, value) -> {
            labels.add(name.getBytes(StandardCharsets.UTF_8));
            labels.add(value.getBytes(StandardCharsets.UTF_8));
        });
        return add(labels, sample.time(), sample.bits());
    }

    /** Adds a series whose labels are what the protocol allows or not: name, value, name, value, ... in this order. */
    public WriteBody addRaw(long time, double value, String... labels) {
        List<byte[]> bytes = new ArrayList<>();
        for (String text : labels) {
            bytes.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return add(bytes, time, Double.doubleToRawLongBits(value));
    }

    /** As {@link #addRaw}, byte for byte. */
    public WriteBody add(List<byte[]> labels, long time, long bits) {
        byte[] series = write(out -> {
            for (int i = 0; i < labels.size(); i += 2) {
                byte[] name = labels.get(i);
                byte[] text = labels.get(i + 1);
                out.writeByteArray(1, write(label -> {
                    label.writeByteArray(1, name);
                    label.writeByteArray(2, text);
                }));
            }
            out.writeByteArray(2, write(sample -> {
                sample.writeFixed64(1, bits);
                sample.writeInt64(2, time);
            }));
        });
        message.writeBytes(write(out -> out.writeByteArray(1, series)));
        return this;
    }

    /** The request, compressed. */
    public byte[] encode() {
        return compress(message.toByteArray());
    }

    /** A snappy block of any bytes. */
    public static byte[] compress(byte[] bytes) {
        try {
            return Snappy.compress(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Fields {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private static byte[] write(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
