package io.promgres.remotewrite;

import static io.promgres.remotewrite.MessagesV2.sample;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types;
import io.promgres.codec.proto.Types.MetricMetadata;
import io.promgres.codec.proto.WriteV2;
import io.promgres.histogram.HistogramBody;
import io.promgres.histogram.NativeHistogram;
import io.promgres.model.LabelSet;
import io.promgres.model.ReadQuery;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.model.ReadQuery.Operator;
import io.promgres.remoteread.ChunkedResponseEncoder;
import io.promgres.remoteread.HistogramChunk;
import io.promgres.remoteread.MessagesOfChunks;
import io.promgres.remoteread.ReadRequestEncoder;
import io.promgres.remoteread.ReadResponseEncoder;
import io.promgres.remoteread.XorChunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.xerial.snappy.Snappy;

/** Writes the seeds of {@link DecoderFuzzTest}: messages with everything in them that a decoder knows. */
final class FuzzSeeds {

    private static final Path DIRECTORY =
            Path.of("src/test/resources/io/promgres/wire/" + DecoderFuzzTest.class.getSimpleName() + "Inputs");
    private static final long TIME = Instant.parse("2026-11-01T11:59:00Z").toEpochMilli();
    private static final LabelSet SERIES = LabelSet.ofSorted("__name__", "up", "job", "größe");

    private FuzzSeeds() {}

    public static void main(String[] arguments) throws IOException {
        byte[] v1 = v1().toByteArray();
        byte[] v2 = v2();
        write("writeRequest", "everything", v1);
        write("writeRequest", "one-sample", Messages.request(Messages.series("up", TIME, 1)));
        write("writeRequestV2", "everything", v2);
        write(
                "writeRequestV2",
                "one-sample",
                new MessagesV2().add(TIME, 1, "__name__", "up").bytes());
        write("compressedBody", "v1", Snappy.compress(v1));
        write("compressedBody", "v2", Snappy.compress(v2));
        write("readRequest", "all-matchers", Snappy.uncompress(readRequest()));
        ChunkedResponseEncoder frames = new ChunkedResponseEncoder(1 << 20);
        frames.beginSeries(SERIES);
        ReadResponseEncoder samples = new ReadResponseEncoder();
        samples.beginQuery();
        samples.beginSeries(SERIES);
        XorChunk chunk = new XorChunk();
        for (int i = 0; i < 130; i++) {
            long time = TIME + i * 15_000L + (i % 7 == 0 ? i * i * 1000L : i % 3);
            long bits = Double.doubleToRawLongBits(i % 5 == 0 ? i : Math.sin(i));
            frames.add(time, bits);
            samples.add(time, bits);
            chunk.add(time, bits);
        }
        frames.endSeries();
        samples.endSeries();
        writeFrames("two-chunks", frames.take());
        writeChunk("xor", Types.Chunk.Encoding.XOR, chunk.toBytes());
        write("readAnswerOfSamples", "one-series", Snappy.uncompress(samples.encode()));
        writeHistograms();
    }

    private static void writeHistograms() throws IOException {
        ChunkedResponseEncoder frames = new ChunkedResponseEncoder(1 << 20);
        frames.beginSeries(SERIES);
        ReadResponseEncoder samples = new ReadResponseEncoder();
        samples.beginQuery();
        samples.beginSeries(SERIES);
        Random random = new Random(1);
        NativeHistogram histogram = new NativeHistogram();
        for (int i = 0; i < 10; i++) {
            byte[] body = HistogramBodies.of(HistogramBodies.random(random));
            frames.addHistogram(TIME + i, body);
            samples.addHistogram(TIME + i, body);
            HistogramBody.decode(body, TIME + i, histogram);
            writeChunk(
                    "histogram-" + i,
                    histogram.isFloat ? Types.Chunk.Encoding.FLOAT_HISTOGRAM : Types.Chunk.Encoding.HISTOGRAM,
                    new HistogramChunk().encode(histogram));
        }
        frames.endSeries();
        samples.endSeries();
        writeFrames("histograms", frames.take());
        write("readAnswerOfSamples", "histograms", Snappy.uncompress(samples.encode()));
        for (Types.Chunk.Encoding encoding :
                List.of(Types.Chunk.Encoding.HISTOGRAM, Types.Chunk.Encoding.FLOAT_HISTOGRAM)) {
            writeFrames(
                    "many-equal-" + encoding,
                    MessagesOfChunks.frame(MessagesOfChunks.chunk(encoding.getNumber(), manyEqual())));
            writeChunk("many-equal-" + encoding, encoding, manyEqual());
        }
    }

    /** A histogram that is like the one before takes four bits, all of them 0. */
    private static byte[] manyEqual() {
        byte[] chunk = new byte[1_100];
        chunk[0] = 2000 >> Byte.SIZE;
        chunk[1] = (byte) 2000;
        return chunk;
    }

    /** A frame, the message in it, or a chunk. */
    private static void writeFrames(String name, byte[] frames) throws IOException {
        write("readAnswerOfFrames", name, frames);
        int length = frames.length;
        int head = Messages.varint(length).length + Integer.BYTES;
        write("readAnswerOfChunks", name, Arrays.copyOfRange(frames, head, length));
    }

    private static void writeChunk(String name, Types.Chunk.Encoding encoding, byte[] chunk) throws IOException {
        byte[] seed = new byte[chunk.length + 1];
        seed[0] = (byte) (encoding.getNumber() - 1);
        System.arraycopy(chunk, 0, seed, 1, chunk.length);
        write("chunk", name, seed);
    }

    private static void write(String method, String name, byte[] seed) throws IOException {
        Path directory = Files.createDirectories(DIRECTORY.resolve(method));
        Files.write(directory.resolve(name), seed);
    }

    private static WriteRequest v1() {
        Types.TimeSeries.Builder series = Types.TimeSeries.newBuilder()
                .addLabels(Types.Label.newBuilder().setName("__name__").setValue("up"))
                .addLabels(Types.Label.newBuilder().setName("job").setValue("größe"))
                .addSamples(Types.Sample.newBuilder().setTimestamp(TIME).setValue(Double.NaN))
                .addExemplars(Types.Exemplar.newBuilder()
                        .setTimestamp(TIME)
                        .setValue(0.5)
                        .addLabels(Types.Label.newBuilder().setName("trace_id").setValue("abc")))
                .addHistograms(Types.Histogram.newBuilder()
                        .setTimestamp(TIME)
                        .setCountInt(6)
                        .setSum(3)
                        .setSchema(3)
                        .setZeroThreshold(1e-9)
                        .setZeroCountInt(1)
                        .addPositiveSpans(
                                Types.BucketSpan.newBuilder().setOffset(-2).setLength(2))
                        .addPositiveDeltas(2)
                        .addPositiveDeltas(-1)
                        .addNegativeSpans(
                                Types.BucketSpan.newBuilder().setOffset(1).setLength(1))
                        .addNegativeDeltas(2)
                        .setResetHint(Types.Histogram.ResetHint.NO));
        return WriteRequest.newBuilder()
                .addTimeseries(series)
                .addMetadata(MetricMetadata.newBuilder()
                        .setType(MetricMetadata.MetricType.GAUGE)
                        .setMetricFamilyName("up")
                        .setHelp("Whether it is.")
                        .setUnit("bool"))
                .build();
    }

    private static byte[] v2() {
        MessagesV2 request = new MessagesV2();
        int help = request.ref("Whether it is.");
        int trace = request.ref("trace_id");
        request.series("__name__", "up", "job", "größe")
                .addSamples(sample(TIME, 1).toBuilder().setStartTimestamp(TIME - 5))
                .addExemplars(WriteV2.Exemplar.newBuilder()
                        .setTimestamp(TIME)
                        .setValue(2)
                        .addLabelsRefs(trace)
                        .addLabelsRefs(request.ref("abc")))
                .setMetadata(WriteV2.Metadata.newBuilder().setHelpRef(help).setUnitRef(0))
                .setCreatedTimestamp(TIME - 5);
        request.series("__name__", "custom")
                .addHistograms(WriteV2.Histogram.newBuilder()
                        .setTimestamp(TIME)
                        .setCountFloat(3.5)
                        .setSum(1)
                        .setSchema(-53)
                        .addPositiveSpans(WriteV2.BucketSpan.newBuilder().setLength(2))
                        .addPositiveCounts(1.5)
                        .addPositiveCounts(2)
                        .addCustomValues(0.5)
                        .setStartTimestamp(TIME - 5));
        return request.bytes();
    }

    private static byte[] readRequest() {
        return ReadRequestEncoder.encode(List.of(new ReadQuery(
                TIME,
                TIME + 1,
                List.of(
                        new Matcher(Operator.EQUAL, "__name__", "up"),
                        new Matcher(Operator.NOT_EQUAL, "job", "größe"),
                        new Matcher(Operator.MATCHES, "a", "b.*"),
                        new Matcher(Operator.MATCHES_NOT, "c", "")))));
    }
}
