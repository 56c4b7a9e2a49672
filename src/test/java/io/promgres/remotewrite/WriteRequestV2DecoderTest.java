package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.bytes;
import static io.promgres.remotewrite.Messages.compress;
import static io.promgres.remotewrite.Messages.field;
import static io.promgres.remotewrite.Messages.join;
import static io.promgres.remotewrite.Messages.varint;
import static io.promgres.remotewrite.MessagesV2.packedRefs;
import static io.promgres.remotewrite.MessagesV2.sample;
import static io.promgres.remotewrite.MessagesV2.sampleField;
import static io.promgres.remotewrite.MessagesV2.symbolFields;
import static io.promgres.remotewrite.MessagesV2.unpackedRefs;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.LabelSet;
import io.promgres.model.NewSeries;
import io.promgres.model.SampleBatch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is read of the series and samples of a request of remote write 2.0. */
class WriteRequestV2DecoderTest extends DecoderV2Fixture {

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
}
