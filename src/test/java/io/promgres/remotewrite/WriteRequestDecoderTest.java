package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.bytes;
import static io.promgres.remotewrite.Messages.compress;
import static io.promgres.remotewrite.Messages.field;
import static io.promgres.remotewrite.Messages.join;
import static io.promgres.remotewrite.Messages.label;
import static io.promgres.remotewrite.Messages.labels;
import static io.promgres.remotewrite.Messages.request;
import static io.promgres.remotewrite.Messages.sample;
import static io.promgres.remotewrite.Messages.sampleField;
import static io.promgres.remotewrite.Messages.series;
import static io.promgres.remotewrite.Messages.varint;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.Exemplar;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.MetricMetadata;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.model.DecodedWrite;
import io.promgres.model.LabelSet;
import io.promgres.model.NewSeries;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesExemplar;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of a request of remote write 1.0. */
class WriteRequestDecoderTest extends DecoderFixture {

    @Test
    void anUnknownSeriesComesWithItsLabelsAndSamples() throws Exception {
        DecodedWrite write = decode(request(labels("__name__", "up", "job", "node")
                .addSamples(sample(T, 1))
                .addSamples(sample(T + 1, 2))
                .build()));
        assertThat(write.known().size()).isZero();
        assertThat(write.rejections().isEmpty()).isTrue();
        NewSeries series = only(write);
        assertThat(series.labels()).isEqualTo(LabelSet.ofSorted("__name__", "up", "job", "node"));
        assertThat(series.times()).containsExactly(T, T + 1);
        assertThat(series.bits()).containsExactly(Double.doubleToRawLongBits(1), Double.doubleToRawLongBits(2));
    }

    @Test
    void aKnownSeriesComesWithItsAddress() throws Exception {
        byte[] message = request(series("up", T, 1), series("down", T, 2));
        index.put(decode(message).unknown().get(0).key(), 77);
        DecodedWrite write = decode(message);
        assertThat(write.known().size()).isEqualTo(1);
        assertThat(write.known().address(0)).isEqualTo(77);
        assertThat(write.known().time(0)).isEqualTo(T);
        assertThat(write.known().bits(0)).isEqualTo(Double.doubleToRawLongBits(1));
        assertThat(only(write).labels().metricName()).isEqualTo("down");
        assertThat(index.hits()).isEqualTo(1);
        assertThat(index.misses()).isEqualTo(3);
    }

    @Test
    void theResultOutlivesTheBodyAndTheNextDecodingButForABatchThatIsUsedAgain() throws Exception {
        byte[] known = request(series("known", T, 1));
        index.put(only(decode(known)).key(), 5);
        byte[] body = compress(join(known, request(series("first", T, 2))));
        SampleBatch own = new SampleBatch(1);
        DecodedWrite first = decoder.decode(body, 0, body.length, own);
        NewSeries unknown = only(first);
        byte[] key = unknown.key().clone();
        Arrays.fill(body, (byte) 0);
        byte[] other = compress(request(series("second", T, 3), series("third", T, 4)));
        decoder.decode(other, 0, other.length, batch);

        assertThat(first.known()).isSameAs(own);
        assertThat(own.size()).isEqualTo(1);
        assertThat(own.address(0)).isEqualTo(5);
        assertThat(first.unknown()).containsExactly(unknown);
        assertThat(unknown.key()).isEqualTo(key);
        assertThat(unknown.labels().metricName()).isEqualTo("first");

        own.clear();
        assertThat(first.known().size()).isZero();
    }

    @Test
    void samplesAreAppendedToWhatTheBatchHolds() throws Exception {
        byte[] message = request(series("up", T, 1));
        index.put(only(decode(message)).key(), 5);
        decode(message);
        decode(message);
        assertThat(batch.size()).isEqualTo(2);
    }

    @Test
    void theBodyMayStandAnywhereInItsArray() throws Exception {
        byte[] body = compress(request(series("up", T, 1)));
        byte[] surrounded = join(new byte[7], body, new byte[9]);
        assertThat(decoder.decode(surrounded, 7, body.length, batch).unknown()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0x7ff0000000000002L,
                0x7ff8000000000001L,
                0xfff0000000000001L,
                0x7ff0000000000000L,
                0xfff0000000000000L,
                0x8000000000000000L,
                1L,
                0L
            })
    void theBitsOfAValueSurvive(long bits) throws Exception {
        byte[] value = new byte[8];
        for (int i = 0; i < 8; i++) {
            value[i] = (byte) (bits >>> 8 * i);
        }
        byte[] message = field(1, label("__name__", "up"), field(2, bytes(9), value, bytes(16), varint(T)));
        NewSeries series = only(decode(message));
        assertThat(series.bits()).containsExactly(bits);
        index.put(series.key(), 1);
        assertThat(decode(message).known().bits(0)).isEqualTo(bits);
    }

    @Test
    void omittedFieldsOfASampleAreZero() throws Exception {
        NewSeries series = only(decode(field(1, label("__name__", "up"), field(2))));
        assertThat(series.times()).containsExactly(0);
        assertThat(series.bits()).containsExactly(0);
    }

    @Test
    void fieldsOfASampleComeInAnyOrderTheLastOneWinsAndUnknownOnesAreSkipped() throws Exception {
        byte[] value = new byte[8];
        value[0] = 3;
        byte[] sample = field(
                2, bytes(16, 1), field(9, "unknown"), bytes(9), new byte[8], bytes(16), varint(T), bytes(9), value);
        NewSeries series = only(decode(field(1, label("__name__", "up"), sample)));
        assertThat(series.times()).containsExactly(T);
        assertThat(series.bits()).containsExactly(3);
    }

    @Test
    void negativeTimesAreBeforeTheEpoch() throws Exception {
        assertThat(only(decode(request(series("up", -5, 1)))).times()).containsExactly(-5);
    }

    @Test
    void labelsAfterOrBetweenSamplesMakeTheSameKey() throws Exception {
        byte[] name = label("__name__", "up");
        byte[] job = label("job", "node");
        byte[] zone = label("zone", "eu");
        byte[] sample = sampleField(T, 1);
        index.put(only(decode(field(1, name, job, zone, sample))).key(), 9);
        assertThat(decode(field(1, name, sample, job, zone)).known().address(0)).isEqualTo(9);
        assertThat(decode(field(1, sample, name, job, zone)).unknown()).isEmpty();
        assertThat(decode(field(1, name, sample, job, field(7, "x"), zone)).unknown())
                .isEmpty();
        assertThat(decode(field(1, name, sample, zone)).unknown()).hasSize(1);
    }

    @Test
    void scatteredLabelsOfAnUnknownSeriesAreRead() throws Exception {
        NewSeries series =
                only(decode(field(1, label("__name__", "up"), sampleField(T, 1), label("job", "x".repeat(30)))));
        assertThat(series.labels()).isEqualTo(LabelSet.ofSorted("__name__", "up", "job", "x".repeat(30)));
        assertThat(series.key()).isEqualTo(join(label("__name__", "up"), label("job", "x".repeat(30))));
    }

    @Test
    void labelsAreSortedByCodePoint() throws Exception {
        TimeSeries sent = labels("\ud83d\ude00", "1", "\uff41", "2", "a", "3", "__name__", "up", "B", "4")
                .addSamples(sample(T, 1))
                .build();
        assertThat(only(decode(request(sent))).labels())
                .isEqualTo(LabelSet.ofSorted("B", "4", "__name__", "up", "a", "3", "\uff41", "2", "\ud83d\ude00", "1"));
    }

    @Test
    void aLabelWithoutAValueIsAbsent() throws Exception {
        TimeSeries sent = labels("__name__", "up", "b", "", "c", "1")
                .addSamples(sample(T, 1))
                .build();
        assertThat(only(decode(request(sent))).labels()).isEqualTo(LabelSet.ofSorted("__name__", "up", "c", "1"));
    }

    @Test
    void theSameLabelSetMayComeMoreThanOnce() throws Exception {
        byte[] message = request(series("up", T, 1), series("up", T + 1, 2));
        assertThat(decode(message).unknown()).hasSize(2);
        index.put(decode(message).unknown().get(0).key(), 3);
        assertThat(decode(message).known().size()).isEqualTo(2);
    }

    @Test
    void namesInUtf8AreNames() throws Exception {
        TimeSeries sent = labels("__name__", "http.requests total", "größe", "\u65e5\ud83d\ude00")
                .addSamples(sample(T, 1))
                .build();
        assertThat(only(decode(request(sent))).labels().value("größe")).isEqualTo("\u65e5\ud83d\ude00");
    }

    @Test
    void aSeriesWithoutSamplesIsNeitherASeriesNorAnError() throws Exception {
        Exemplar exemplar = Exemplar.newBuilder().setValue(1).setTimestamp(T).build();
        assertNothing(decode(request(
                labels("__name__", "up").addExemplars(exemplar).build(),
                labels("__name__", "up").build(),
                labels().build())));
    }

    @Test
    void exemplarsComeWithTheLabelsOfTheirSeriesAndTheirOwn() throws Exception {
        Exemplar exemplar = Exemplar.newBuilder()
                .setValue(1)
                .setTimestamp(T)
                .addLabels(Label.newBuilder().setName("trace_id").setValue("abc"))
                .build();
        byte[] twice = field(3, label("a", "1"), label("a", "2"));
        DecodedWrite write = decode(join(
                request(labels("__name__", "up").addExemplars(exemplar).build()),
                field(1, label("__name__", "up"), twice)));
        assertThat(write.exemplars())
                .containsExactly(new SeriesExemplar(
                        LabelSet.ofSorted("__name__", "up"),
                        T,
                        Double.doubleToRawLongBits(1),
                        List.of("trace_id", "abc")));
        assertThat(write.rejections().byReason()).isEqualTo(Map.of(Reason.INVALID_EXEMPLAR, 1));
    }

    @Test
    void aRequestOfMetadataOnlyIsFine() throws Exception {
        MetricMetadata metadata = MetricMetadata.newBuilder()
                .setMetricFamilyName("up")
                .setHelp("Is it up?")
                .setType(MetricMetadata.MetricType.GAUGE)
                .build();
        assertNothing(
                decode(WriteRequest.newBuilder().addMetadata(metadata).build().toByteArray()));
        assertNothing(decode(new byte[0]));
    }

    @Test
    void unknownFieldsAreSkippedEverywhere() throws Exception {
        byte[] extra = join(
                field(15, "text"),
                bytes(0x78, 1),
                bytes(0x79),
                new byte[8],
                bytes(0x7d),
                new byte[4],
                bytes(0x7b, 0x83, 1, 0x84, 1, 8, 1, 0x7c));
        byte[] labelWithExtra = field(1, extra, field(1, "__name__"), extra, field(2, "up"), extra);
        byte[] sampleWithExtra = field(2, extra, sample(T, 1).toByteArray(), extra);
        byte[] message =
                join(extra, field(1, extra, labelWithExtra, extra, sampleWithExtra, extra), field(2, "x"), extra);
        assertThat(only(decode(message)).labels()).isEqualTo(LabelSet.ofSorted("__name__", "up"));
    }

    private static void assertNothing(DecodedWrite write) {
        assertThat(write.known().size()).isZero();
        assertThat(write.unknown()).isEmpty();
        assertThat(write.rejections().isEmpty()).isTrue();
    }
}
