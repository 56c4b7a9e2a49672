package io.promgres.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.management.ThreadMXBean;
import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.Exemplar;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.Sample;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.model.DecodedWrite;
import io.promgres.model.LabelSet;
import io.promgres.model.NewSeries;
import io.promgres.model.SampleBatch;
import io.promgres.series.SeriesCache;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Random requests and random mutations of them, with fixed seeds; what decoding allocates. */
class WriteRequestDecoderFuzzTest {

    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final SeriesCache index = new SeriesCache(1 << 22);
    private final WriteRequestDecoder decoder = new WriteRequestDecoder(
            index.reader(), (bytes, from, to) -> false, Limits.DEFAULT, InstantSource.fixed(NOW));
    private final SampleBatch batch = new SampleBatch(16);

    private record Stored(LabelSet labels, long time, long bits) {}

    @Test
    void everySampleOfARandomRequestArrivesFirstAsUnknownThenAsKnown() throws Exception {
        Random random = new Random(1);
        List<LabelSet> addresses = new ArrayList<>();
        for (int round = 0; round < 300; round++) {
            WriteRequest request = randomRequest(random);
            List<Stored> expected = expected(request);
            byte[] message = request.toByteArray();

            DecodedWrite first = decode(message);
            assertThat(stored(first, addresses)).containsExactlyInAnyOrderElementsOf(expected);
            for (NewSeries series : first.unknown()) {
                index.put(series.key(), addresses.size());
                addresses.add(series.labels());
            }

            DecodedWrite second = decode(message);
            assertThat(second.unknown()).isEmpty();
            assertThat(stored(second, addresses)).containsExactlyElementsOf(expected);
        }
    }

    /** The target is 2 bytes for the whole way from the socket to the database; see DecodeBenchmark for what is used. */
    @Test
    void knownSeriesAllocateLessThanOneBytePerSample() throws Exception {
        int samples = 2_000;
        TimeSeries[] series = new TimeSeries[samples];
        for (int i = 0; i < samples; i++) {
            series[i] = Messages.series("metric" + i, NOW.toEpochMilli(), i);
        }
        byte[] body = Messages.compress(Messages.request(series));
        for (NewSeries each : decoder.decode(body, 0, body.length, batch).unknown()) {
            index.put(each.key(), 64);
        }
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 100; round++) {
            batch.clear();
            long before = THREADS.getCurrentThreadAllocatedBytes();
            assertThat(decoder.decode(body, 0, body.length, batch).known().size())
                    .isEqualTo(samples);
            allocated = Math.min(allocated, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(allocated).isLessThan(samples);
    }

    @Test
    void mutatedMessagesNeverThrowAnythingElseNeverLoseASampleAndAllocateInProportion() {
        Random random = new Random(2);
        int accepted = 0;
        for (int round = 0; round < 30_000; round++) {
            byte[] message = mutate(randomRequest(random).toByteArray(), random);
            accepted += decodesInBounds(message) ? 1 : 0;
        }
        assertThat(accepted).isBetween(1_000, 29_000);
    }

    @Test
    void mutatedBodiesNeverThrowAnythingElse() {
        Random random = new Random(3);
        for (int round = 0; round < 10_000; round++) {
            byte[] body = mutate(Messages.compress(randomRequest(random).toByteArray()), random);
            batch.clear();
            try {
                decoder.decode(body, 0, body.length, batch);
            } catch (MalformedBodyException | BodyTooLargeException e) {
                assertThat(batch.size()).isZero();
            }
        }
    }

    @Test
    void randomBytesNeverThrowAnythingElse() {
        Random random = new Random(4);
        for (int round = 0; round < 50_000; round++) {
            byte[] message = new byte[random.nextInt(60)];
            random.nextBytes(message);
            decodesInBounds(message);
        }
    }

    /** True if the message was accepted; then as many samples must have come out as protobuf-java sees in it. */
    private boolean decodesInBounds(byte[] message) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            DecodedWrite write = decode(message);
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated).isLessThan(100_000 + 100L * message.length);
            assertSameNumberOfSamples(write, message);
            return true;
        } catch (MalformedBodyException | BodyTooLargeException e) {
            assertThat(batch.size()).isZero();
            return false;
        }
    }

    private static void assertSameNumberOfSamples(DecodedWrite write, byte[] message) {
        int samples = write.known().size() + write.rejections().counts().samples();
        for (NewSeries series : write.unknown()) {
            samples += series.times().length;
        }
        try {
            assertThat(samples)
                    .isEqualTo(WriteRequest.parseFrom(message).getTimeseriesList().stream()
                            .mapToInt(TimeSeries::getSamplesCount)
                            .sum());
        } catch (InvalidProtocolBufferException e) {
            // It refuses the message for a label that is not UTF-8, or looks into what is skipped here.
            assertThat(samples).isNotNegative();
        }
    }

    private DecodedWrite decode(byte[] message) throws MalformedBodyException, BodyTooLargeException {
        batch.clear();
        return decoder.decodeMessage(message, 0, message.length, batch);
    }

    private static List<Stored> stored(DecodedWrite write, List<LabelSet> addresses) {
        List<Stored> stored = new ArrayList<>();
        for (NewSeries series : write.unknown()) {
            for (int i = 0; i < series.times().length; i++) {
                stored.add(new Stored(series.labels(), series.times()[i], series.bits()[i]));
            }
        }
        SampleBatch known = write.known();
        for (int i = 0; i < known.size(); i++) {
            stored.add(new Stored(addresses.get((int) known.address(i)), known.time(i), known.bits(i)));
        }
        return stored;
    }

    private static List<Stored> expected(WriteRequest request) {
        List<Stored> expected = new ArrayList<>();
        for (TimeSeries series : request.getTimeseriesList()) {
            TreeMap<String, String> labels = new TreeMap<>();
            for (Label label : series.getLabelsList()) {
                labels.put(label.getName(), label.getValue());
            }
            labels.values().removeIf(String::isEmpty);
            LabelSet set = LabelSet.ofSorted(labels.entrySet().stream()
                    .flatMap(label -> List.of(label.getKey(), label.getValue()).stream())
                    .toArray(String[]::new));
            for (Sample sample : series.getSamplesList()) {
                expected.add(new Stored(set, sample.getTimestamp(), Double.doubleToRawLongBits(sample.getValue())));
            }
        }
        return expected;
    }

    private static WriteRequest randomRequest(Random random) {
        WriteRequest.Builder request = WriteRequest.newBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            request.addTimeseries(randomSeries(random));
        }
        return request.build();
    }

    private static TimeSeries randomSeries(Random random) {
        TimeSeries.Builder series = Messages.labels("__name__", "metric" + random.nextInt(10));
        for (int i = random.nextInt(6); i > 0; i--) {
            int value = random.nextInt(12);
            series.mergeFrom(Messages.labels("näme" + i, value == 0 ? "" : "v".repeat(value * value))
                    .build());
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            series.addSamples(Messages.sample(NOW.toEpochMilli() - random.nextInt(1 << 30), random.nextGaussian()));
        }
        if (random.nextInt(4) == 0) {
            series.addExemplars(Exemplar.newBuilder().setValue(1).addLabels(series.getLabels(0)));
            series.addHistograms(Histogram.newBuilder().setSum(2).addNegativeDeltas(3));
        }
        return series.build();
    }

    private static byte[] mutate(byte[] valid, Random random) {
        byte[] bytes = valid.clone();
        for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 ->
                    bytes = Messages.join(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at / 2, bytes.length));
                default -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0);
            }
        }
        return bytes;
    }
}
