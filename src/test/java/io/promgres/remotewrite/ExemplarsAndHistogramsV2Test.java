package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.field;
import static io.promgres.remotewrite.Messages.join;
import static io.promgres.remotewrite.MessagesV2.sample;
import static io.promgres.remotewrite.MessagesV2.sampleField;
import static io.promgres.remotewrite.MessagesV2.symbolFields;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.WriteV2.Exemplar;
import io.promgres.codec.proto.WriteV2.Metadata;
import io.promgres.codec.proto.WriteV2.Sample;
import io.promgres.model.Counts;
import io.promgres.model.DecodedWrite;
import io.promgres.model.LabelSet;
import io.promgres.model.MetricMetadata;
import io.promgres.model.NewMetadata;
import io.promgres.model.Rejections.Reason;
import io.promgres.model.SeriesExemplar;
import io.promgres.model.SeriesStart;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What remote write 2.0 brings beside samples: starts, metadata, exemplars. */
class ExemplarsAndHistogramsV2Test extends DecoderV2Fixture {

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

    private static byte[] startedAt(long start) {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "up")
                .addSamples(sample(T, 1).toBuilder().setStartTimestamp(start))
                .addSamples(sample(T + 1, 1).toBuilder().setStartTimestamp(start));
        return request.bytes();
    }

    private static Exemplar exemplar(long time, double value, int... refs) {
        Exemplar.Builder exemplar = Exemplar.newBuilder().setTimestamp(time).setValue(value);
        Arrays.stream(refs).forEach(exemplar::addLabelsRefs);
        return exemplar.build();
    }
}
