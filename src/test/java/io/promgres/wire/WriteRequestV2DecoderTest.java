package io.promgres.wire;

import static io.promgres.wire.Messages.bytes;
import static io.promgres.wire.Messages.compress;
import static io.promgres.wire.Messages.field;
import static io.promgres.wire.Messages.join;
import static io.promgres.wire.Messages.varint;
import static io.promgres.wire.MessagesV2.packedRefs;
import static io.promgres.wire.MessagesV2.sample;
import static io.promgres.wire.MessagesV2.sampleField;
import static io.promgres.wire.MessagesV2.symbolFields;
import static io.promgres.wire.MessagesV2.unpackedRefs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.LabelSet;
import io.promgres.model.MetricMetadata;
import io.promgres.model.NewMetadata;
import io.promgres.model.NewSeries;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesExemplar;
import io.promgres.model.SeriesStart;
import io.promgres.model.StartIndex;
import io.promgres.series.KnownMetadata;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import io.promgres.wire.proto.WriteV2.Exemplar;
import io.promgres.wire.proto.WriteV2.Metadata;
import io.promgres.wire.proto.WriteV2.Sample;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WriteRequestV2DecoderTest {

    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final long T = NOW.toEpochMilli();
    private static final Limits LIMITS = new Limits(1 << 20, 1000, 5, 20, 40, Duration.ofMinutes(10));

    /** The references of {__name__="up"} in symbolFields("__name__", "up", ...). */
    private static final byte[] UP = packedRefs(1, 2);

    private final SeriesCache index = new SeriesCache(1 << 20);
    private final KnownMetadata known = new KnownMetadata(1 << 20);
    private final StartIndex starts = (address, start) -> address == 64 && start == T - 1000;
    private final WriteRequestV2Decoder decoder = new WriteRequestV2Decoder(
            index.reader(), new SymbolTable(1 << 20), known, starts, LIMITS, InstantSource.fixed(NOW));
    private final SampleBatch batch = new SampleBatch(8);

    @Test
    void anUnknownSeriesComesWithItsLabelsAndSamples() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "up", "job", "node").addSamples(sample(T, 1)).addSamples(sample(T + 1, 2));
        NewSeries series = only(decode(request.bytes()));
        assertThat(series.labels()).isEqualTo(LabelSet.ofSorted("__name__", "up", "job", "node"));
        assertThat(series.times()).containsExactly(T, T + 1);
        assertThat(series.bits()).containsExactly(Double.doubleToRawLongBits(1), Double.doubleToRawLongBits(2));
    }

    @Test
    void aSeriesIsKnownWhateverTheOrderOfTheSymbolTable() throws Exception {
        index.put(
                only(decode(new MessagesV2()
                                .add(T, 1, "__name__", "up", "job", "node")
                                .bytes()))
                        .key(),
                77);
        MessagesV2 other = new MessagesV2();
        other.ref("node");
        other.ref("else");
        DecodedWrite write =
                decode(other.add(T + 5, 3, "__name__", "up", "job", "node").bytes());
        assertThat(write.unknown()).isEmpty();
        assertThat(write.known().address(0)).isEqualTo(77);
        assertThat(write.known().time(0)).isEqualTo(T + 5);
        assertThat(write.known().bits(0)).isEqualTo(Double.doubleToRawLongBits(3));
        assertThat(index.hits()).isEqualTo(1);
        assertThat(index.misses()).isEqualTo(1);
    }

    @Test
    void aSeriesThatDiffersInOneSymbolIsAnotherOne() throws Exception {
        index.put(
                only(decode(new MessagesV2()
                                .add(T, 1, "__name__", "up", "job", "node")
                                .bytes()))
                        .key(),
                77);
        DecodedWrite write = decode(new MessagesV2()
                .add(T, 1, "__name__", "up", "job", "nodes")
                .add(T, 1, "__name__", "up")
                .add(T, 1, "__name__", "up", "job", "node", "x", "y")
                .add(T, 1, "__name__", "up", "jo", "bnode")
                .bytes());
        assertThat(write.known().size()).isZero();
        assertThat(write.unknown()).hasSize(4);
    }

    @Test
    void keysOf10And20NeverMeanTheSame() throws Exception {
        byte[] key = only(decode(new MessagesV2().add(T, 1, "__name__", "up").bytes()))
                .key();
        assertThat(key[0]).isZero();
    }

    @Test
    void theResultOutlivesTheBodyAndTheNextDecoding() throws Exception {
        byte[] body = compress(new MessagesV2().add(T, 2, "__name__", "first").bytes());
        NewSeries first = only(decoder.decode(body, 0, body.length, new SampleBatch(1)));
        byte[] key = first.key().clone();
        Arrays.fill(body, (byte) 0);
        decode(new MessagesV2()
                .add(T, 3, "__name__", "second")
                .add(T, 4, "__name__", "third")
                .bytes());
        assertThat(first.key()).isEqualTo(key);
        assertThat(first.labels().metricName()).isEqualTo("first");
    }

    @Test
    void symbolsMayStandAfterTheSeriesOrBetweenThem() throws Exception {
        byte[] series = field(5, UP, sampleField(T, 1));
        index.put(only(decode(join(symbolFields("__name__", "up"), series))).key(), 9);
        assertThat(decode(join(series, symbolFields("__name__", "up"))).known().address(0))
                .isEqualTo(9);
        byte[] between = join(field(4, ""), field(4, "__name__"), series, field(4, "up"), series);
        assertThat(decode(between).known().size()).isEqualTo(2);
    }

    @Test
    void referencesMayBePackedOrNotOrBothAndStandAnywhereInTheSeries() throws Exception {
        byte[] symbols = symbolFields("__name__", "up", "job", "node");
        byte[] sample = sampleField(T, 1);
        index.put(
                only(decode(join(symbols, field(5, packedRefs(1, 2, 3, 4), sample))))
                        .key(),
                9);
        byte[][] same = {
            field(5, unpackedRefs(1, 2, 3, 4), sample),
            field(5, sample, packedRefs(1, 2, 3, 4)),
            field(5, packedRefs(1, 2, 3), sample, unpackedRefs(4)),
            field(5, unpackedRefs(1), packedRefs(2), packedRefs(), packedRefs(3, 4), sample),
        };
        for (byte[] series : same) {
            DecodedWrite write = decode(join(symbols, series));
            assertThat(write.unknown()).isEmpty();
            assertThat(write.known().address(0)).isEqualTo(9);
        }
    }

    @Test
    void labelsInAnyOrderMakeTheSameLabelSetAndEmptyOnesAreAbsent() throws Exception {
        DecodedWrite write = decode(new MessagesV2()
                .add(T, 1, "b", "2", "a", "1", "__name__", "up", "c", "")
                .bytes());
        assertThat(only(write).labels()).isEqualTo(LabelSet.ofSorted("__name__", "up", "a", "1", "b", "2"));
    }

    @Test
    void namesInUtf8AreNames() throws Exception {
        DecodedWrite write = decode(new MessagesV2()
                .add(T, 1, "__name__", "http.requests total", "größe", "\u65e5")
                .bytes());
        assertThat(only(write).labels().value("größe")).isEqualTo("\u65e5");
    }

    @Test
    void theStaleMarkerSurvives() throws Exception {
        byte[] marker = bytes(9, 2, 0, 0, 0, 0, 0, 0xf0, 0x7f);
        byte[] series = field(5, UP, field(2, marker, bytes(16), varint(T)));
        assertThat(only(decode(join(symbolFields("__name__", "up"), series))).bits())
                .containsExactly(0x7ff0000000000002L);
    }

    @Test
    void aStartIsHandedOverUntilItIsKnown() throws Exception {
        LabelSet up = LabelSet.ofSorted("__name__", "up");
        byte[] before = startedAt(T - 1000);
        DecodedWrite unknown = decode(before);
        assertThat(unknown.starts()).containsExactly(new SeriesStart(up, T - 1000, T));
        index.put(only(unknown).key(), 64);
        assertThat(decode(before).starts()).isEmpty();
        assertThat(decode(startedAt(T - 5)).starts()).containsExactly(new SeriesStart(up, T - 5, T));
        index.put(only(unknown).key(), 65);
        assertThat(decode(before).starts()).hasSize(1);
    }

    private static byte[] startedAt(long start) {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "up")
                .addSamples(sample(T, 1).toBuilder().setStartTimestamp(start))
                .addSamples(sample(T + 1, 1).toBuilder().setStartTimestamp(start));
        return request.bytes();
    }

    @Test
    void aRestartWithinARequestIsSeen() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "up")
                .addSamples(sample(T, 1).toBuilder().setStartTimestamp(T - 9))
                .addSamples(sample(T + 1, 2).toBuilder().setStartTimestamp(T - 9))
                .addSamples(sample(T + 2, 0))
                .addSamples(sample(T + 3, 1).toBuilder().setStartTimestamp(T + 2));
        LabelSet up = LabelSet.ofSorted("__name__", "up");
        assertThat(decode(request.bytes()).starts())
                .containsExactly(new SeriesStart(up, T - 9, T), new SeriesStart(up, T + 2, T + 3));
    }

    @Test
    void aStartOfASeriesThatIsNotStoredIsNotEither() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "ahead")
                .addSamples(sample(T + 3_600_000, 1).toBuilder().setStartTimestamp(T));
        request.series("job", "without a name")
                .addSamples(sample(T, 1).toBuilder().setStartTimestamp(T));
        request.series("__name__", "beyond").addSamples(sample(T, 1).toBuilder().setStartTimestamp(Long.MAX_VALUE));
        assertThat(decode(request.bytes()).starts()).isEmpty();
    }

    @Test
    void bothLayoutsOfTheStartOfACounterAreRead() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "before").setCreatedTimestamp(T - 9).addSamples(sample(T, 1));
        request.series("__name__", "since")
                .addSamples(Sample.newBuilder().setTimestamp(T).setValue(2).setStartTimestamp(T - 9));
        DecodedWrite write = decode(request.bytes());
        assertThat(write.rejections().isEmpty()).isTrue();
        assertThat(write.unknown()).extracting(series -> series.times()[0]).containsExactly(T, T);
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
        byte[] sample = field(2, extra, sample(T, 1).toByteArray(), extra);
        byte[] metadata = field(5, extra, bytes(8, 1), extra);
        byte[] message = join(
                extra,
                field(1, "of 1.0"),
                symbolFields("__name__", "up"),
                extra,
                field(5, extra, UP, extra, sample, metadata, extra),
                extra);
        DecodedWrite write = decode(message);
        assertThat(only(write).times()).containsExactly(T);
        assertThat(write.metadata()).hasSize(1);
    }

    @Test
    void aRequestOf10HasNothingIn20() throws Exception {
        DecodedWrite write = decode(Messages.request(Messages.series("up", T, 1)));
        assertThat(write.sent()).isEqualTo(Counts.NONE);
        assertThat(write.rejections().isEmpty()).isTrue();
    }

    @Test
    void anOddNumberOfReferencesRejectsTheSeriesAndItsNeighboursStay() throws Exception {
        assertRejected(packedRefs(1, 2, 3), Reason.BAD_REFERENCE, "series {__name__=\"up\"} refers to a symbol");
    }

    @Test
    void aReferenceBeyondTheSymbolsRejectsTheSeries() throws Exception {
        assertRejected(packedRefs(1, 2, 3, 99), Reason.BAD_REFERENCE, "refers to a symbol that is not there");
        assertRejected(packedRefs(1, -1), Reason.BAD_REFERENCE, "series {}");
        assertRejected(packedRefs(1, Integer.MIN_VALUE), Reason.BAD_REFERENCE, "");
        assertRejected(join(bytes(8), varint(-1L), bytes(8, 1)), Reason.BAD_REFERENCE, "");
    }

    @Test
    void withoutSymbolsEveryReferenceIsBeyondThem() throws Exception {
        DecodedWrite write = decode(field(5, packedRefs(0, 0), sampleField(T, 1)));
        assertThat(write.rejections().byReason()).isEqualTo(Map.of(Reason.BAD_REFERENCE, 1));
    }

    @Test
    void metadataThatRefersBeyondTheSymbolsRejectsItsSeries() throws Exception {
        byte[] help = field(5, bytes(8, 1, 0x18, 99));
        byte[] unit = field(5, bytes(8, 1, 0x20, 99));
        assertRejected(join(UP, help), Reason.BAD_REFERENCE, "");
        assertRejected(join(UP, unit), Reason.BAD_REFERENCE, "");
    }

    @Test
    void labelsThatAreNotValidRejectTheSeries() throws Exception {
        assertRejected(packedRefs(1, 2, 3, 4, 3, 4), Reason.DUPLICATE_LABEL, "has a label name twice: job=\"node\"");
        assertRejected(packedRefs(3, 4), Reason.NO_METRIC_NAME, "series {job=\"node\"} has no metric name");
        assertRejected(packedRefs(1, 0), Reason.NO_METRIC_NAME, "");
        assertRejected(packedRefs(), Reason.NO_METRIC_NAME, "series {}");
        assertRejected(packedRefs(1, 2, 0, 4), Reason.EMPTY_LABEL_NAME, "");
        assertRejected(packedRefs(1, 2, 3, 4, 3, 4, 3, 4, 3, 4, 3, 4), Reason.TOO_MANY_LABELS, "has 6 labels");
    }

    @Test
    void textThatIsNotUtf8RejectsTheSeriesThatRefersToIt() throws Exception {
        byte[] symbols = join(symbolFields("__name__", "up"), field(4, bytes(0xff)), field(4, bytes('a', 0)));
        DecodedWrite write = decode(join(
                symbols,
                field(5, packedRefs(1, 3), sampleField(T, 1)),
                field(5, packedRefs(1, 2, 4, 2), sampleField(T, 1)),
                field(5, UP, sampleField(T, 1))));
        assertThat(write.rejections().byReason()).isEqualTo(Map.of(Reason.INVALID_UTF8, 1, Reason.NUL_CHARACTER, 1));
        assertThat(write.unknown()).hasSize(1);
    }

    @Test
    void aSeriesWithoutAnythingIsRejected() throws Exception {
        DecodedWrite write = decode(join(symbolFields("__name__", "up"), field(5, UP)));
        assertThat(write.rejections().byReason()).isEqualTo(Map.of(Reason.NO_DATA, 1));
        assertThat(write.rejections().firstOffender())
                .isEqualTo("series {__name__=\"up\"} has neither samples nor anything else");
        assertThat(write.sent()).isEqualTo(Counts.NONE);
    }

    @Test
    void everyReasonIsTold() throws Exception {
        byte[] symbols = symbolFields("__name__", "up", "job", "node");
        DecodedWrite write = decode(join(
                symbols,
                field(5, packedRefs(3, 4), sampleField(T, 1)),
                field(5, packedRefs(1), sampleField(T, 1), sampleField(T + 1, 1)),
                field(5, UP),
                field(5, UP, sampleField(Long.MAX_VALUE, 1)),
                field(5, UP, sampleField(T, 1))));
        assertThat(write.rejections().byReason())
                .isEqualTo(Map.of(
                        Reason.NO_METRIC_NAME, 1,
                        Reason.BAD_REFERENCE, 2,
                        Reason.NO_DATA, 1,
                        Reason.TOO_FAR_AHEAD, 1));
        assertThat(write.rejections().counts()).isEqualTo(new Counts(4, 0, 0));
        assertThat(write.sent()).isEqualTo(new Counts(5, 0, 0));
    }

    @Test
    void metadataOfASeriesIsReadOnceAndKnownAfterwards() throws Exception {
        MessagesV2 request = new MessagesV2();
        Metadata.Builder metadata = Metadata.newBuilder()
                .setType(Metadata.MetricType.METRIC_TYPE_COUNTER)
                .setHelpRef(request.ref("How many."))
                .setUnitRef(request.ref("requests"));
        request.series("job", "node", "__name__", "http_requests_total")
                .addSamples(sample(T, 1))
                .setMetadata(metadata);
        NewMetadata read = decode(request.bytes()).metadata().get(0);
        assertThat(read.metadata())
                .isEqualTo(new MetricMetadata(
                        "http_requests_total", MetricMetadata.Type.COUNTER, "requests", "How many."));
        known.add(read.key());
        assertThat(decode(request.bytes()).metadata()).isEmpty();
        metadata.setType(Metadata.MetricType.METRIC_TYPE_GAUGE);
        request.series("__name__", "http_requests_total").setMetadata(metadata);
        assertThat(decode(request.bytes()).metadata())
                .extracting(one -> one.metadata().type())
                .containsExactly(MetricMetadata.Type.GAUGE);
    }

    @Test
    void aSeriesWithNothingButMetadataIsFine() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "up").setMetadata(Metadata.newBuilder().setHelpRef(request.ref("Is it up?")));
        DecodedWrite write = decode(request.bytes());
        assertThat(write.rejections().isEmpty()).isTrue();
        assertThat(write.unknown()).isEmpty();
        assertThat(write.metadata()).hasSize(1);
    }

    @Test
    void metadataThatSaysNothingIsNotKept() throws Exception {
        byte[] message = join(symbolFields("__name__", "up"), field(5, UP, sampleField(T, 1), field(5)));
        assertThat(decode(message).metadata()).isEmpty();
        assertThat(decode(message).unknown()).hasSize(1);
    }

    @Test
    void exemplarsComeWithTheLabelsOfTheirSeriesAndTheirOwn() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "latency", "le", "1")
                .addExemplars(exemplar(T, 0.5, request.ref("trace_id"), request.ref("abc")))
                .addExemplars(exemplar(T + 1, 0.6));
        DecodedWrite write = decode(request.bytes());
        assertThat(write.exemplars())
                .containsExactly(
                        new SeriesExemplar(
                                LabelSet.ofSorted("__name__", "latency", "le", "1"),
                                T,
                                Double.doubleToRawLongBits(0.5),
                                List.of("trace_id", "abc")),
                        new SeriesExemplar(
                                LabelSet.ofSorted("__name__", "latency", "le", "1"),
                                T + 1,
                                Double.doubleToRawLongBits(0.6),
                                List.of()));
        assertThat(write.unknown()).isEmpty();
        assertThat(write.sent()).isEqualTo(new Counts(0, 0, 2));
    }

    @Test
    void exemplarsThatAreNotValidAreRejectedAndTheOthersAreKept() throws Exception {
        MessagesV2 request = new MessagesV2();
        int id = request.ref("id");
        int fits = request.ref("ä".repeat(126));
        int tooLong = request.ref("ä".repeat(127));
        request.series("__name__", "latency")
                .addSamples(sample(T, 1))
                .addExemplars(exemplar(T, 1, id, fits))
                .addExemplars(exemplar(T, 1, id, tooLong))
                .addExemplars(exemplar(T, 1, id))
                .addExemplars(exemplar(T, 1, id, 99))
                .addExemplars(exemplar(T, 1, id, 0, id, 0))
                .addExemplars(exemplar(T, 1, 0, id))
                .addExemplars(exemplar(Long.MAX_VALUE, 1));
        DecodedWrite write = decode(request.bytes());
        assertThat(write.exemplars()).hasSize(1);
        assertThat(write.unknown()).hasSize(1);
        assertThat(write.rejections().byReason())
                .isEqualTo(Map.of(Reason.INVALID_EXEMPLAR, 5, Reason.TOO_FAR_AHEAD, 1));
        assertThat(write.sent()).isEqualTo(new Counts(1, 0, 7));
    }

    @Test
    void exemplarsOfABadSeriesAreRejectedWithIt() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("job", "node").addSamples(sample(T, 1)).addExemplars(exemplar(T, 1));
        DecodedWrite write = decode(request.bytes());
        assertThat(write.rejections().byReason()).isEqualTo(Map.of(Reason.NO_METRIC_NAME, 2));
        assertThat(write.rejections().counts()).isEqualTo(new Counts(1, 0, 1));
    }

    private static Exemplar exemplar(long time, double value, int... refs) {
        Exemplar.Builder exemplar = Exemplar.newBuilder().setTimestamp(time).setValue(value);
        Arrays.stream(refs).forEach(exemplar::addLabelsRefs);
        return exemplar.build();
    }

    @Test
    void moreSymbolsOrSamplesThanTheLimitAreTooMany() {
        byte[] symbols = {};
        for (int i = 0; i < 1001; i++) {
            symbols = join(symbols, field(4, ""));
        }
        byte[] tooManySymbols = symbols;
        assertThatThrownBy(() -> decode(tooManySymbols)).isInstanceOf(BodyTooLargeException.class);
        MessagesV2 request = new MessagesV2();
        for (int i = 0; i < 1001; i++) {
            request.add(T, i, "__name__", "up");
        }
        assertThatThrownBy(() -> decode(request.bytes())).isInstanceOf(BodyTooLargeException.class);
        assertThat(batch.size()).isZero();
    }

    @Test
    void malformedMessagesAreRefusedAndNothingIsDecoded() throws Exception {
        byte[] good = new MessagesV2().add(T, 1, "__name__", "up").bytes();
        index.put(only(decode(good)).key(), 1);
        byte[][] malformed = {
            bytes(0x2a),
            bytes(0x2a, 5, 1),
            bytes(0x22, 0x80),
            bytes(0x20, 1),
            bytes(0x28, 1),
            bytes(0x07),
            field(5, bytes(0x0d, 0, 0, 0, 0)),
            field(5, bytes(0x10, 1)),
            field(5, bytes(0x0a, 1, 0x80)),
            field(5, bytes(0x0a, 2, 1)),
            field(5, bytes(0x08)),
            field(5, bytes(0x12, 2, 0x09, 0)),
            field(5, bytes(0x12, 2, 0x1a, 0)),
            field(5, bytes(0x1a, 1, 7)),
            field(5, bytes(0x22, 1, 7)),
            field(5, bytes(0x2a, 2, 0x0a, 0)),
            field(5, bytes(0x32, 0)),
        };
        for (byte[] tail : malformed) {
            assertThatThrownBy(() -> decode(join(good, tail)))
                    .as(Arrays.toString(tail))
                    .isInstanceOf(MalformedBodyException.class);
            assertThat(batch.size()).isZero();
        }
        assertThat(decode(good).known().size()).isEqualTo(1);
    }

    @Test
    void whateverTheBytesAreTheDecoderEndsOrRefusesThem() throws Exception {
        Random random = new Random(5);
        MessagesV2 request = new MessagesV2();
        for (int i = 0; i < 8; i++) {
            request.add(T, i, "__name__", "metric" + i, "job", "node");
        }
        request.series("__name__", "x").setMetadata(Metadata.newBuilder().setHelpRef(1));
        byte[] valid = request.bytes();
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] mutated = valid.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            batch.clear();
            try {
                decoder.decodeMessage(mutated, 0, mutated.length, batch);
            } catch (MalformedBodyException | BodyTooLargeException e) {
                assertThat(batch.size()).isZero();
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 19_000);
    }

    private void assertRejected(byte[] fields, Reason reason, String offender) throws Exception {
        byte[] good = field(5, UP, sampleField(T, 1));
        DecodedWrite write = decode(join(
                symbolFields("__name__", "up", "job", "node"),
                good,
                field(5, fields, sampleField(T, 1), sampleField(T + 1, 2)),
                good));
        assertThat(write.rejections().byReason()).isEqualTo(Map.of(reason, 2));
        assertThat(write.rejections().firstOffender()).contains(offender);
        assertThat(write.unknown()).hasSize(2);
        assertThat(write.sent()).isEqualTo(new Counts(4, 0, 0));
    }

    private DecodedWrite decode(byte[] message) throws MalformedBodyException, BodyTooLargeException {
        byte[] body = compress(message);
        batch.clear();
        return decoder.decode(body, 0, body.length, batch);
    }

    private static NewSeries only(DecodedWrite write) {
        assertThat(write.unknown()).hasSize(1);
        return write.unknown().get(0);
    }
}
