package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.bytes;
import static io.promgres.remotewrite.Messages.field;
import static io.promgres.remotewrite.Messages.label;
import static io.promgres.remotewrite.Messages.labels;
import static io.promgres.remotewrite.Messages.request;
import static io.promgres.remotewrite.Messages.sample;
import static io.promgres.remotewrite.Messages.sampleField;
import static io.promgres.remotewrite.Messages.series;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.model.DecodedWrite;
import io.promgres.model.Rejections.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Series and samples of remote write 1.0 that cannot be stored, while their neighbours are. */
class RejectedSeriesTest extends DecoderFixture {

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

    private void assertRejected(TimeSeries.Builder series, Reason reason, String offender) throws Exception {
        DecodedWrite write = decode(request(
                series("good", T, 1),
                series.addSamples(sample(T, 1)).addSamples(sample(T + 1, 2)).build(),
                series("good", T + 1, 1)));
        assertThat(write.rejections().byReason()).isEqualTo(Map.of(reason, 2));
        assertThat(write.rejections().firstOffender()).contains(offender);
        assertThat(write.unknown()).hasSize(2);
    }
}
