package io.promgres.remotewrite;

import static io.promgres.remotewrite.MessagesV2.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.WriteV2.Histogram;
import io.promgres.codec.proto.WriteV2.Metadata;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Details of what senders mean, from the bytes of a request to the rows. */
class ProtocolDetailsIT extends RemoteWriteFixture {

    private static final long STALE = 0x7ff0000000000002L;

    @Test
    void metadataOf2StandsUnderTheNameOfTheFamilyAsThatOf1Does() throws Exception {
        MessagesV2 request = new MessagesV2();
        for (String suffix : List.of("_bucket", "_count", "_sum")) {
            described(request, "m_hist" + suffix, Metadata.MetricType.METRIC_TYPE_HISTOGRAM);
        }
        for (String suffix : List.of("", "_count", "_sum")) {
            described(request, "m_summary" + suffix, Metadata.MetricType.METRIC_TYPE_SUMMARY);
        }
        described(request, "m_row_count", Metadata.MetricType.METRIC_TYPE_GAUGE);
        assertThat(send(V2, request.bytes()).statusCode()).isEqualTo(204);

        assertThat(promgres.query("SELECT metric_family, type, help FROM prom_info.metadata"
                        + " WHERE metric_family LIKE 'm\\_%' ORDER BY 1"))
                .containsExactly("m_hist|histogram|help", "m_row_count|gauge|help", "m_summary|summary|help");
        assertThat(promgres.query("SELECT count(*) FROM prom_api.get_metric_metadata('m_hist')"))
                .containsExactly("1");
    }

    private static void described(MessagesV2 request, String metric, Metadata.MetricType type) {
        request.series("__name__", metric)
                .addSamples(sample(System.currentTimeMillis(), 1))
                .setMetadata(Metadata.newBuilder().setType(type).setHelpRef(request.ref("help")));
    }

    @Test
    void theSumOfAStaleHistogramIsStoredToTheBit() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "stale_sum")
                .addHistograms(Histogram.newBuilder().setTimestamp(now).setSum(Double.longBitsToDouble(STALE)));
        assertThat(send(V2, request.bytes()).statusCode()).isEqualTo(204);
        promgres.makeViews();

        assertThat(promgres.query("SELECT float8send(sum), prom_api.is_stale_marker(sum), is_stale"
                        + " FROM prom_histogram.stale_sum"))
                .containsExactly("\\x7ff0000000000002|t|t");
    }

    @Test
    void aSampleThatIsAStaleMarkerEndsASeriesOfHistograms() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "ended", "instance", "a")
                .addHistograms(Histogram.newBuilder().setTimestamp(now).setSum(1));
        // A series of samples alone stays one.
        request.series("__name__", "ended", "instance", "b").addSamples(sample(now, 1));
        assertThat(send(V2, request.bytes()).statusCode()).isEqualTo(204);
        MessagesV2 markers = new MessagesV2();
        for (String instance : List.of("a", "b")) {
            markers.series("__name__", "ended", "instance", instance)
                    .addSamples(sample(now + 1_000, Double.longBitsToDouble(STALE)));
        }
        assertThat(send(V2, markers.bytes()).statusCode()).isEqualTo(204);
        promgres.makeViews();

        assertThat(promgres.query("SELECT val(instance_id), time - to_timestamp(" + now + " / 1000.0), is_stale, count,"
                        + " float8send(sum), reset_hint, schema, zero_count, buckets"
                        + " FROM prom_histogram.ended ORDER BY time"))
                .containsExactly(
                        "a|00:00:00|f|0|\\x3ff0000000000000|unknown|0|0|{}",
                        "a|00:00:01|t|0|\\x7ff0000000000002|unknown|0|0|{}");
    }

    @Test
    void ofDeltaTemporalityEveryStartIsStoredSinceRatesCountFromIt() throws Exception {
        for (int i = 1; i <= 3; i++) {
            sendStarted(now + i * 1_000L, now + (i - 1) * 1_000L);
        }
        assertThat(starts("delta")).containsExactly("0|1000", "1000|2000", "2000|3000");
    }

    private void sendStarted(long time, long start) throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "delta")
                .addSamples(sample(time, 1).toBuilder().setStartTimestamp(start));
        assertThat(send(V2, request.bytes()).statusCode()).isEqualTo(204);
    }

    @Test
    void anotherValueForAStoredSeriesAndTimeIsNotStoredAndCounted() throws Exception {
        for (double value : new double[] {1, 2, 1}) {
            byte[] message = new MessagesV2()
                    .add(now, value, "__name__", "differing")
                    .add(now, Double.NaN, "__name__", "differing_not")
                    .bytes();
            assertThat(send(V2, message).statusCode()).isEqualTo(204);
        }
        promgres.makeViews();

        assertThat(promgres.query("SELECT value FROM prom_metric.differing")).containsExactly("1");
        assertThat(promgres.get("/metrics").body()).contains("promgres_ingest_differing_samples_total 1.0");
    }
}
