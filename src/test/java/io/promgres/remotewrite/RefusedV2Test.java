package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.bytes;
import static io.promgres.remotewrite.Messages.field;
import static io.promgres.remotewrite.Messages.join;
import static io.promgres.remotewrite.Messages.varint;
import static io.promgres.remotewrite.MessagesV2.packedRefs;
import static io.promgres.remotewrite.MessagesV2.sampleField;
import static io.promgres.remotewrite.MessagesV2.symbolFields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.MalformedBodyException;
import io.promgres.codec.proto.WriteV2.Metadata;
import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.Rejections.Reason;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What cannot be stored of a request of remote write 2.0, and bodies that are none. */
class RefusedV2Test extends DecoderV2Fixture {

    @Test
    void anOddNumberOfReferencesRejectsTheSeriesAndItsNeighboursStay() throws Exception {
        assertRejected(packedRefs(1, 2, 3), Reason.BAD_REFERENCE, "series {__name__=\"up\"} refers to a symbol");
    }

    @Test
    void aReferenceBeyondTheSymbolsRejectsTheSeries() throws Exception {
        assertRejected(
                packedRefs(1, 2, 3, 99), Reason.BAD_REFERENCE, "refers to a symbol that the request does not have");
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
                .isEqualTo("series {__name__=\"up\"} has neither samples, histograms, exemplars nor metadata (2.0)");
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
}
