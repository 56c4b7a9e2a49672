package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.field;
import static io.promgres.remotewrite.Messages.join;
import static io.promgres.remotewrite.MessagesV2.packedRefs;
import static io.promgres.remotewrite.MessagesV2.sample;
import static io.promgres.remotewrite.MessagesV2.sampleField;
import static io.promgres.remotewrite.MessagesV2.symbolFields;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.MetricMetadata;
import io.promgres.codec.proto.WriteV2.Exemplar;
import io.promgres.codec.proto.WriteV2.Metadata;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Remote write 2.0 and metadata, from the bytes of a request to the answer and the rows. */
class WriteV2IT extends RemoteWriteFixture {

    @Test
    void whatIsStoredIsCountedAndSoIsWhatWasThereAlready() throws Exception {
        byte[] message = new MessagesV2()
                .add(now, 1, "__name__", "counted", "job", "a")
                .add(now, 2, "__name__", "counted", "job", "b")
                .add(now, 3, "__name__", "counted", "job", "c")
                .bytes();
        assertWritten(send(V2, message), 204, 3);
        assertWritten(send(V2, message), 204, 3);
        promgres.makeViews();
        assertThat(promgres.query("SELECT value, prom_api.val(job_id) FROM prom_metric.counted ORDER BY 2"))
                .containsExactly("1|a", "2|b", "3|c");
    }

    @Test
    void bothMessagesMeanTheSameSeries() throws Exception {
        assertThat(send(V1, Messages.request(Messages.series("both", now, 1))).statusCode())
                .isEqualTo(204);
        assertWritten(
                send(V2, new MessagesV2().add(now + 1, 2, "__name__", "both").bytes()), 204, 1);
        promgres.makeViews();
        assertThat(promgres.query("SELECT count(*), count(DISTINCT series_id) FROM prom_metric.both"))
                .containsExactly("2|1");
    }

    @Test
    void theMessageIsChosenByAContentTypeHoweverItIsWritten() throws Exception {
        byte[] message = new MessagesV2().add(now, 1, "__name__", "chosen").bytes();
        for (String type : List.of(
                "application/x-protobuf; proto=io.prometheus.write.v2.Request",
                "Application/X-Protobuf ;PROTO=\"io.prometheus.write.v2.Request\"")) {
            assertWritten(send(type, message), 204, 1);
        }
        HttpResponse<byte[]> unknown = send("application/x-protobuf;proto=io.prometheus.write.v3.Request", message);
        assertThat(unknown.statusCode()).isEqualTo(415);
    }

    @Test
    void badSeriesAreRejectedWithEveryReasonAndTheOthersAreStored() throws Exception {
        byte[] message = join(
                symbolFields("__name__", "partly", "job", "x"),
                field(5, packedRefs(1, 2), sampleField(now, 1)),
                field(5, packedRefs(1, 2, 3), sampleField(now, 1)),
                field(5, packedRefs(1, 2, 3, 40), sampleField(now, 1)),
                field(5, packedRefs(3, 4), sampleField(now, 1), sampleField(now + 1, 1)),
                field(5, packedRefs(1, 2, 3, 4, 3, 4), sampleField(now, 1)),
                field(5, packedRefs(1, 2)),
                field(5, packedRefs(1, 2, 3, 4), sampleField(now + 3_600_000, 1)),
                field(5, packedRefs(1, 2), sampleField(now + 2, 1)));
        HttpResponse<byte[]> answer = send(V2, message);
        assertWritten(answer, 400, 2);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .contains("2 bad_reference", "2 no_metric_name", "1 duplicate_label", "1 no_data", "1 too_far_ahead")
                .contains("series {__name__=\"partly\"} refers to a symbol that the request does not have");
        promgres.makeViews();
        assertThat(promgres.query("SELECT count(*) FROM prom_metric.partly")).containsExactly("2");
    }

    @Test
    void theSameLabelSetMayComeMoreThanOnceAndInAnotherOrder() throws Exception {
        MessagesV2 request = new MessagesV2()
                .add(now, 1, "__name__", "repeated", "a", "x", "job", "y")
                .add(now + 1, 2, "job", "y", "a", "x", "__name__", "repeated", "empty", "")
                .add(now + 2, 3, "__name__", "repeated", "a", "x", "job", "y");
        request.series("a", "x", "__name__", "repeated", "job", "y")
                .addExemplars(Exemplar.newBuilder().setTimestamp(now).setValue(1));
        // New series first, known ones then.
        for (int i = 0; i < 2; i++) {
            HttpResponse<byte[]> answer = send(V2, request.bytes());
            assertThat(answer.statusCode()).isEqualTo(204);
            assertThat(answer.headers().firstValue("X-Prometheus-Remote-Write-Samples-Written"))
                    .contains("3");
            assertThat(answer.headers().firstValue("X-Prometheus-Remote-Write-Exemplars-Written"))
                    .contains("1");
        }
        promgres.makeViews();
        assertThat(promgres.query("SELECT count(*), count(DISTINCT series_id) FROM prom_metric.repeated"))
                .containsExactly("3|1");
    }

    @Test
    void aBodyThatIsNotTheMessageIs400WithNothingWritten() throws Exception {
        assertWritten(send(V2, Messages.bytes(0x2a, 9)), 400, 0);
        HttpResponse<byte[]> notSnappy = promgres.post("/api/v1/write", V2, new byte[] {1, 2, 3});
        assertWritten(notSnappy, 400, 0);
    }

    @Test
    void onlyTheNewMessageHasCounts() throws Exception {
        HttpResponse<byte[]> answer = send(V1, Messages.request(Messages.series("uncounted", now, 1)));
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().map().keySet()).noneMatch(name -> name.contains("written"));
    }

    @Test
    void anEmptyRequestIsFine() throws Exception {
        assertWritten(send(V2, new byte[0]), 204, 0);
    }

    @Test
    void metadataOfBothMessagesIsStoredWithItsHistoryAndShownAtTheViews() throws Exception {
        sendMetadata("described_seconds", "How long.", MetricMetadata.MetricType.HISTOGRAM);
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "described_total")
                .addSamples(sample(now, 1))
                .setMetadata(Metadata.newBuilder()
                        .setType(Metadata.MetricType.METRIC_TYPE_COUNTER)
                        .setHelpRef(request.ref("How many; it's a \"count\"."))
                        .setUnitRef(request.ref("things")));
        assertWritten(send(V2, request.bytes()), 204, 1);

        assertThat(promgres.query("SELECT * FROM prom_api.get_metric_metadata('described_total')"))
                .containsExactly("described_total|counter|things|How many; it's a \"count\".");
        sendMetadata("described_seconds", "How long it took.", MetricMetadata.MetricType.HISTOGRAM);
        assertThat(promgres.query("SELECT help, is_current FROM prom_info.metadata"
                        + " WHERE metric_family = 'described_seconds' ORDER BY first_seen"))
                .containsExactly("How long.|f", "How long it took.|t");
        assertThat(promgres.query("SELECT help FROM prom_api.get_multiple_metric_metadata("
                        + "ARRAY['described_total', 'nothing', 'described_seconds'])"))
                .containsExactly("How many; it's a \"count\".", "How long it took.");

        send(V1, Messages.request(Messages.series("described_seconds_bucket", now, 1)));
        promgres.makeViews();
        assertThat(promgres.query("SELECT _prom_catalog.comment_views(id) FROM _prom_catalog.uncommented_views() id"))
                .isNotEmpty();
        assertThat(promgres.query("SELECT obj_description('prom_metric.described_total'::regclass),"
                        + " obj_description('prom_series.described_seconds_bucket'::regclass)"))
                .containsExactly("How many; it's a \"count\".|How long it took.");
    }

    private void sendMetadata(String family, String help, MetricMetadata.MetricType type) throws Exception {
        MetricMetadata metadata = MetricMetadata.newBuilder()
                .setMetricFamilyName(family)
                .setHelp(help)
                .setType(type)
                .build();
        byte[] message = WriteRequest.newBuilder().addMetadata(metadata).build().toByteArray();
        assertThat(send(V1, message).statusCode()).isEqualTo(204);
    }

    private static void assertWritten(HttpResponse<byte[]> answer, int status, int samples) {
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(status);
        String prefix = "X-Prometheus-Remote-Write-";
        assertThat(answer.headers().firstValue(prefix + "Samples-Written")).contains(Integer.toString(samples));
        assertThat(answer.headers().firstValue(prefix + "Histograms-Written")).contains("0");
        assertThat(answer.headers().firstValue(prefix + "Exemplars-Written")).contains("0");
    }
}
