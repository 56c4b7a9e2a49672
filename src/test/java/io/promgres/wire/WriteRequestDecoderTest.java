package io.promgres.wire;

import static io.promgres.wire.Messages.bytes;
import static io.promgres.wire.Messages.compress;
import static io.promgres.wire.Messages.field;
import static io.promgres.wire.Messages.join;
import static io.promgres.wire.Messages.label;
import static io.promgres.wire.Messages.labels;
import static io.promgres.wire.Messages.request;
import static io.promgres.wire.Messages.sample;
import static io.promgres.wire.Messages.sampleField;
import static io.promgres.wire.Messages.series;
import static io.promgres.wire.Messages.varint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.model.DecodedWrite;
import io.promgres.model.LabelSet;
import io.promgres.model.NewSeries;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesExemplar;
import io.promgres.series.SeriesCache;
import io.promgres.wire.proto.Remote.WriteRequest;
import io.promgres.wire.proto.Types.Exemplar;
import io.promgres.wire.proto.Types.Label;
import io.promgres.wire.proto.Types.MetricMetadata;
import io.promgres.wire.proto.Types.TimeSeries;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteRequestDecoderTest {

    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final long T = NOW.toEpochMilli();
    private static final Limits LIMITS = new Limits(1 << 20, 1000, 5, 20, 40, Duration.ofMinutes(10));

    private final SeriesCache index = new SeriesCache(1 << 20);
    private final WriteRequestDecoder decoder =
            new WriteRequestDecoder(index, (bytes, from, to) -> false, LIMITS, InstantSource.fixed(NOW));
    private final SampleBatch batch = new SampleBatch(8);

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

    @Test
    void aSeriesWithoutAMetricNameIsRejected() throws Exception {
        assertRejected(labels("job", "node"), Reason.NO_METRIC_NAME, "series {job=\"node\"} has no metric name");
        assertRejected(labels("__name__", ""), Reason.NO_METRIC_NAME, "has no metric name");
        assertRejected(labels(), Reason.NO_METRIC_NAME, "series {} has no metric name");
    }

    @Test
    void anEmptyLabelNameIsRejected() throws Exception {
        assertRejected(
                labels("__name__", "up", "", "x"), Reason.EMPTY_LABEL_NAME, "has a label without a name: =\"x\"");
    }

    @Test
    void aLabelNameThatComesTwiceIsRejected() throws Exception {
        assertRejected(
                labels("__name__", "up", "b", "1", "a", "2", "b", "3"),
                Reason.DUPLICATE_LABEL,
                "has a label name twice: b=\"3\"");
        assertRejected(labels("__name__", "up", "b", "1", "b", ""), Reason.DUPLICATE_LABEL, "twice");
    }

    @Test
    void textOverTheLimitsIsRejectedAndAtTheLimitAccepted() throws Exception {
        assertRejected(labels("__name__", "x".repeat(41)), Reason.LABEL_TOO_LONG, "a value of more than 40");
        assertRejected(labels("__name__", "up", "ä".repeat(11), "1"), Reason.LABEL_TOO_LONG, "a name of more than 20");
        assertThat(decode(request(series("x".repeat(40), T, 1))).unknown()).hasSize(1);
    }

    @Test
    void tooManyLabelsAreRejectedAndAtTheLimitAccepted() throws Exception {
        String[] six = {"__name__", "up", "a", "1", "b", "2", "c", "3", "d", "4", "e", "5"};
        assertRejected(labels(six), Reason.TOO_MANY_LABELS, "has 6 labels, the limit is 5");
        TimeSeries.Builder five = labels(Arrays.copyOf(six, 10)).addSamples(sample(T, 1));
        assertThat(decode(request(five.build())).unknown()).hasSize(1);
    }

    @Test
    void theCharacterThatPostgresqlCannotStoreIsRejected() throws Exception {
        assertRejected(labels("__name__", "up", "a", "x\0"), Reason.NUL_CHARACTER, "U+0000");
        assertRejected(labels("__name__", "up", "\0", "x"), Reason.NUL_CHARACTER, "\\x00=\"x\"");
    }

    @Test
    void whatIsNotUtf8IsRejected() throws Exception {
        int[][] invalid = {
            {0xff},
            {0x80},
            {0xc3},
            {0xc0, 0xaf},
            {0xe0, 0x80, 0xaf},
            {0xed, 0xa0, 0x80},
            {0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80},
            {0xf4, 0x90, 0x80, 0x80},
            {0xf8, 0x88, 0x80, 0x80, 0x80}
        };
        for (int[] text : invalid) {
            byte[] name = "a".getBytes(StandardCharsets.UTF_8);
            byte[] up = label("__name__", "up");
            DecodedWrite inValue = decode(field(1, up, label(name, bytes(text)), sampleField(T, 1)));
            DecodedWrite inName = decode(field(1, up, label(bytes(text), name), sampleField(T, 1)));
            assertThat(inValue.rejections().byReason()).isEqualTo(Map.of(Reason.INVALID_UTF8, 1));
            assertThat(inName.rejections().byReason()).isEqualTo(Map.of(Reason.INVALID_UTF8, 1));
            assertThat(inName.rejections().firstOffender()).contains(String.format("\\x%02x", text[0]));
        }
    }

    @Test
    void samplesTooFarAheadAreRejectedForKnownAndUnknownSeriesAndTheirNeighboursStay() throws Exception {
        long latest = T + Duration.ofMinutes(10).toMillis();
        TimeSeries sent = labels("__name__", "up")
                .addSamples(sample(T, 1))
                .addSamples(sample(latest + 1, 2))
                .addSamples(sample(latest, 3))
                .build();
        DecodedWrite unknown = decode(request(sent));
        assertThat(only(unknown).times()).containsExactly(T, latest);
        assertThat(unknown.rejections().byReason()).isEqualTo(Map.of(Reason.TOO_FAR_AHEAD, 1));
        assertThat(unknown.rejections().firstOffender())
                .isEqualTo("series {__name__=\"up\"} has a sample at 2026-11-01T12:10:00.001Z,"
                        + " more than 600 s ahead of the clock of the receiver");

        index.put(only(unknown).key(), 1);
        DecodedWrite known = decode(request(sent));
        assertThat(known.known().size()).isEqualTo(2);
        assertThat(known.known().time(1)).isEqualTo(latest);
        assertThat(known.rejections().total()).isEqualTo(1);
    }

    @Test
    void aSeriesAllOfWhoseSamplesAreRejectedIsNotCreated() throws Exception {
        DecodedWrite write = decode(request(series("up", Long.MAX_VALUE, 1), series("up", Long.MIN_VALUE, 1)));
        assertThat(write.unknown()).isEmpty();
        assertThat(write.rejections().byReason()).isEqualTo(Map.of(Reason.TOO_FAR_AHEAD, 1, Reason.OUT_OF_RANGE, 1));
    }

    @Test
    void timesOutsideOfTheYears1To9999AreRejected() throws Exception {
        long year1 = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
        DecodedWrite write = decode(request(series("up", year1 - 1, 1), series("up", year1, 1)));
        assertThat(write.unknown()).hasSize(1);
        assertThat(write.rejections().byReason()).isEqualTo(Map.of(Reason.OUT_OF_RANGE, 1));
        assertThat(write.rejections().firstOffender())
                .isEqualTo("series {__name__=\"up\"} has a sample at " + (year1 - 1)
                        + " ms since the epoch, which is not within the years 1 to 9999");
    }

    @Test
    void aVeryLargeMaxAheadAcceptsUpToTheYear9999() throws Exception {
        Limits open = new Limits(1 << 20, 1000, 5, 20, 40, Duration.ofMillis(Long.MAX_VALUE));
        WriteRequestDecoder patient =
                new WriteRequestDecoder(index, (bytes, from, to) -> false, open, InstantSource.fixed(NOW));
        long year9999 = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
        byte[] message = request(series("up", year9999, 1), series("up", year9999 + 1, 1));
        DecodedWrite write = patient.decodeMessage(message, 0, message.length, batch);
        assertThat(write.unknown()).hasSize(1);
        assertThat(write.rejections().byReason()).isEqualTo(Map.of(Reason.OUT_OF_RANGE, 1));
    }

    @Test
    void rejectedSamplesAreCountedByReasonTheFirstIsToldAndTheNeighboursAreKept() throws Exception {
        DecodedWrite write = decode(request(
                series("good", T, 1),
                labels("job", "first")
                        .addSamples(sample(T, 1))
                        .addSamples(sample(T + 1, 1))
                        .build(),
                labels("__name__", "up", "", "x").addSamples(sample(T, 1)).build(),
                labels("job", "second").addSamples(sample(T, 1)).build(),
                series("good too", T, 1)));
        assertThat(write.unknown())
                .extracting(series -> series.labels().metricName())
                .containsExactly("good", "good too");
        assertThat(write.rejections().byReason())
                .isEqualTo(Map.of(Reason.NO_METRIC_NAME, 3, Reason.EMPTY_LABEL_NAME, 1));
        assertThat(write.rejections().total()).isEqualTo(4);
        assertThat(write.rejections().firstOffender()).contains("job=\"first\"");
    }

    @Test
    void theOffenderIsShownInShortPrintableAscii() throws Exception {
        Limits wide = new Limits(1 << 20, 1000, 100, 5000, 5000, Duration.ZERO);
        WriteRequestDecoder generous =
                new WriteRequestDecoder(index, (bytes, from, to) -> false, wide, InstantSource.fixed(NOW));
        TimeSeries.Builder sent = TimeSeries.newBuilder().addSamples(sample(T, 1));
        for (int i = 0; i < 90; i++) {
            sent.mergeFrom(labels("\"é\n\\" + i, "\u0007\r\n<".repeat(1000)).build());
        }
        byte[] message = request(sent.build());
        String offender = generous.decodeMessage(message, 0, message.length, batch)
                .rejections()
                .firstOffender();
        assertThat(offender).matches("[ -~]+").hasSizeLessThan(1000);
        assertThat(offender)
                .startsWith("series {\\\"\\xc3\\xa9\\x0a\\\\0=\"")
                .contains("...")
                .contains("no metric name");
    }

    @Test
    void moreSamplesThanTheLimitAreTooManyAndNothingIsDecoded() throws Exception {
        index.put(only(decode(request(series("up", T, 1)))).key(), 1);
        TimeSeries.Builder sent = labels("__name__", "up");
        for (int i = 0; i < 600; i++) {
            sent.addSamples(sample(T, i));
        }
        byte[] message = request(sent.build(), sent.build());
        assertThatThrownBy(() -> decode(message)).isInstanceOf(BodyTooLargeException.class);
        assertThat(batch.size()).isZero();
    }

    @Test
    void malformedMessagesAreRefusedAndNothingIsDecoded() throws Exception {
        byte[] good = request(series("up", T, 1));
        index.put(only(decode(good)).key(), 1);
        byte[][] malformed = {
            bytes(0x0a),
            bytes(0x0a, 5, 1),
            bytes(0x0a, 0x80),
            bytes(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
            bytes(0x0a, 0xff, 0xff, 0xff, 0xff, 0x07),
            bytes(0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00),
            bytes(0x00, 0x01),
            bytes(0x02, 0x00),
            bytes(0x07),
            bytes(0x0e, 0),
            bytes(0x0f, 0),
            bytes(0x08, 1),
            bytes(0x1d, 0, 0, 0, 0),
            bytes(0x80, 0x80, 0x80, 0x80, 0x10, 0),
            bytes(0x7b),
            bytes(0x7c),
            bytes(0x7b, 0x74),
            bytes(0x7d, 0, 0, 0),
            bytes(0x79, 0, 0, 0, 0, 0, 0, 0),
            field(1, bytes(0x08, 1)),
            field(1, bytes(0x12, 2, 0x09, 0)),
            field(1, bytes(0x12, 2, 0x10, 0x80)),
            field(1, bytes(0x12, 2, 0x0a, 0)),
            field(1, bytes(0x12, 2, 0x11, 0)),
            field(1, bytes(0x12, 9)),
            field(1, field(1, bytes(0x0a, 9)), sampleField(T, 1)),
            field(1, field(1, bytes(0x08, 1)), sampleField(T, 1)),
            field(1, field(1, bytes(0x0a, 9))),
            field(1, field(3, bytes(0x0a, 9))),
            field(1, field(4, bytes(0x07))),
            field(3, bytes(0x0a, 9)),
        };
        for (byte[] tail : malformed) {
            assertThatThrownBy(() -> decode(join(good, tail)))
                    .as(Arrays.toString(tail))
                    .isInstanceOf(MalformedBodyException.class);
            assertThat(batch.size()).isZero();
        }
    }

    @Test
    void groupsThatAreVeryDeepAreMalformedAndDoNotOverflowTheStack() {
        byte[] deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0x7b);
        assertThatThrownBy(() -> decode(deep)).isInstanceOf(MalformedBodyException.class);
    }

    @Test
    void everyTruncatedMessageIsRefusedUnlessItEndsBetweenSeries() throws Exception {
        byte[] first = request(
                labels("__name__", "up", "a", "1").addSamples(sample(T, 1)).build());
        byte[] message = join(first, first);
        for (int length = 1; length < message.length; length++) {
            byte[] cut = Arrays.copyOf(message, length);
            if (length == first.length) {
                assertThat(decode(cut).unknown()).hasSize(1);
            } else {
                assertThatThrownBy(() -> decode(cut)).isInstanceOf(MalformedBodyException.class);
            }
        }
    }

    @Test
    void aBodyThatIsNotSnappyIsMalformed() {
        byte[] body = request(series("up", T, 1));
        assertThatThrownBy(() -> decoder.decode(body, 0, body.length, batch))
                .isInstanceOf(MalformedBodyException.class)
                .hasMessageContaining("snappy");
    }

    @Test
    void aMistakeDoesNotSpoilTheNextRequest() throws Exception {
        byte[] good = request(series("up", T, 1));
        assertThatThrownBy(() -> decode(join(good, bytes(0x0a, 9)))).isInstanceOf(MalformedBodyException.class);
        assertThat(decode(good).unknown()).hasSize(1);
    }

    private void assertRejected(TimeSeries.Builder series, Reason reason, String offender) throws Exception {
        DecodedWrite write = decode(request(
                series("good", T, 1),
                series.addSamples(sample(T, 1)).addSamples(sample(T + 1, 2)).build(),
                series("good", T + 1, 1)));
        assertThat(write.rejections().byReason()).isEqualTo(Map.of(reason, 2));
        assertThat(write.rejections().firstOffender()).contains(offender);
        assertThat(write.unknown()).hasSize(2);
    }

    private static void assertNothing(DecodedWrite write) {
        assertThat(write.known().size()).isZero();
        assertThat(write.unknown()).isEmpty();
        assertThat(write.rejections().isEmpty()).isTrue();
    }

    private DecodedWrite decode(byte[] message) throws MalformedBodyException, BodyTooLargeException {
        byte[] body = compress(message);
        return decoder.decode(body, 0, body.length, batch);
    }

    private static NewSeries only(DecodedWrite write) {
        assertThat(write.unknown()).hasSize(1);
        return write.unknown().get(0);
    }
}
