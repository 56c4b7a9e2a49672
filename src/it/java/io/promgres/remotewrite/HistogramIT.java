package io.promgres.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Types;
import io.promgres.codec.proto.WriteV2.BucketSpan;
import io.promgres.codec.proto.WriteV2.Exemplar;
import io.promgres.codec.proto.WriteV2.Histogram;
import io.promgres.codec.proto.WriteV2.TimeSeries;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Native histograms, from the bytes of a request to the answer and the rows. */
class HistogramIT extends HistogramFixture {

    @Test
    void anIntegerHistogramIsStoredOnceAndSeenWithItsBuckets() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "seen_seconds", "job", "a").addHistograms(example());
        assertWritten(send(V2, request.bytes()), 204, 1);
        store(request, 1);
        assertThat(
                        promgres.query(
                                "SELECT count, sum, schema, zero_threshold, zero_count, buckets, reset_hint, is_stale,"
                                        + " prom_api.val(job_id), round(extract(epoch FROM time) * 1000) FROM prom_histogram.seen_seconds"))
                .containsExactly(
                        "8|20.5|0|0.25|1|{\"(-4,-2,1)\",\"(0.5,1,2)\",\"(1,2,1)\",\"(4,8,3)\"}|unknown|f|a|" + now);
    }

    @Test
    void histogramsAndExemplarsAreCountedBesideSamples() throws Exception {
        double histograms = metric("promgres_ingest_histograms_total");
        double exemplars = metric("promgres_ingest_exemplars_total");
        double samples = metric("promgres_ingest_samples_total");
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "counted_seconds")
                .addHistograms(example())
                .addHistograms(example().setTimestamp(now + 1))
                .addHistograms(example().setTimestamp(now + 2).setCountInt(1))
                .addExemplars(Exemplar.newBuilder().setTimestamp(now).setValue(3));
        assertWritten(send(V2, request.bytes()), 400, 2);

        assertThat(metric("promgres_ingest_histograms_total") - histograms).isEqualTo(2);
        assertThat(metric("promgres_ingest_exemplars_total") - exemplars).isEqualTo(1);
        assertThat(metric("promgres_ingest_samples_total") - samples).isZero();
    }

    private static double metric(String name) throws Exception {
        return promgres.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    @Test
    void theFirstHistogramOfASeriesAndTimeStays() throws Exception {
        for (int sum = 1; sum < 4; sum++) {
            MessagesV2 request = new MessagesV2();
            request.series("__name__", "first").addHistograms(example().setSum(sum));
            assertWritten(send(V2, request.bytes()), 204, 1);
        }
        promgres.makeViews();
        assertThat(promgres.query("SELECT sum FROM prom_histogram.first")).containsExactly("1");
    }

    @Test
    void whatIsNotValidIs400WithEveryReasonAndTheRestIsStored() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "mixed")
                .addHistograms(example().setCountInt(7))
                .addHistograms(example())
                .addHistograms(example().setSchema(-5))
                .addSamples(MessagesV2.sample(now, 1));
        request.series("job", "nameless").addHistograms(example());
        HttpResponse<byte[]> answer = send(V2, request.bytes());
        assertWritten(answer, 400, 1);
        assertThat(answer.headers().firstValue("X-Prometheus-Remote-Write-Samples-Written"))
                .contains("1");
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .contains("1 histogram_count_mismatch", "1 histogram_schema_unknown", "1 no_metric_name")
                .contains("series {__name__=\"mixed\"} has a histogram whose count is not the sum of its buckets");
        promgres.makeViews();
        assertThat(promgres.query("SELECT h.count, m.value FROM prom_histogram.mixed h JOIN prom_metric.mixed m"
                        + " USING (series_id, time)"))
                .containsExactly("8|1");
    }

    @Test
    void theOldMessageHasHistogramsToo() throws Exception {
        Types.Histogram histogram =
                Types.Histogram.parseFrom(example().setResetHintValue(3).build().toByteArray());
        Types.TimeSeries.Builder series = Messages.labels("__name__", "old").addHistograms(histogram);
        assertThat(send(V1, Messages.request(series.build())).statusCode()).isEqualTo(204);
        promgres.makeViews();
        assertThat(promgres.query("SELECT count, reset_hint FROM prom_histogram.old"))
                .containsExactly("8|gauge");
        Types.TimeSeries bad = Messages.labels("__name__", "old")
                .addHistograms(histogram.toBuilder().setCountInt(1))
                .build();
        assertThat(send(V1, Messages.request(bad)).statusCode()).isEqualTo(400);
    }

    @Test
    void floatHistogramsWithCustomBoundsAndStartsAreSeen() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "custom")
                .addHistograms(Histogram.newBuilder()
                        .setTimestamp(now)
                        .setStartTimestamp(1_000)
                        .setCountFloat(4.5)
                        .setSum(9)
                        .setSchema(-53)
                        .addCustomValues(0.1)
                        .addCustomValues(1)
                        .addPositiveSpans(BucketSpan.newBuilder().setOffset(0).setLength(1))
                        .addPositiveSpans(BucketSpan.newBuilder().setOffset(1).setLength(1))
                        .addPositiveCounts(1.5)
                        .addPositiveCounts(3));
        store(request, 1);
        assertThat(promgres.query(
                        "SELECT count, schema, buckets, (histogram).bounds, extract(epoch FROM start_time)::int"
                                + " FROM prom_histogram.custom"))
                .containsExactly("4.5|-53|{\"(-Infinity,0.1,1.5)\",\"(1,Infinity,3)\"}|{0.1,1}|1");
    }

    @Test
    void aStaleMarkerIsSeenAsOne() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "stale")
                .addHistograms(
                        Histogram.newBuilder().setTimestamp(now).setSum(Double.longBitsToDouble(0x7ff0000000000002L)));
        store(request, 1);
        assertThat(promgres.query("SELECT count, sum, is_stale, buckets FROM prom_histogram.stale"))
                .containsExactly("0|NaN|t|{}");
    }

    @Test
    void aLabelThatComesLaterAppendsAColumn() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "growing").addHistograms(example());
        store(request, 1);
        MessagesV2 later = new MessagesV2();
        later.series("__name__", "growing", "zone", "b").addHistograms(example());
        store(later, 1);
        assertThat(promgres.query("SELECT prom_api.val(zone_id) FROM prom_histogram.growing WHERE zone_id IS NOT NULL"))
                .containsExactly("b");
    }

    @Test
    void aHistogramTakesFewBytes() throws Exception {
        Random random = new Random(3);
        long[] buckets = new long[30];
        MessagesV2 request = new MessagesV2();
        TimeSeries.Builder series = request.series("__name__", "small");
        for (int point = 0; point < 500; point++) {
            Histogram.Builder histogram = Histogram.newBuilder()
                    .setTimestamp(now + point)
                    .setSchema(3)
                    .setZeroThreshold(Math.pow(2, -128))
                    .addPositiveSpans(BucketSpan.newBuilder().setOffset(-40).setLength(20))
                    .addPositiveSpans(BucketSpan.newBuilder().setOffset(3).setLength(10));
            long count = 0;
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] += random.nextInt(50);
                histogram.addPositiveDeltas(buckets[i] - (i == 0 ? 0 : buckets[i - 1]));
                count += buckets[i];
            }
            series.addHistograms(histogram.setCountInt(count).setSum(random.nextDouble() * count));
        }
        store(request, 500);
        assertThat(promgres.query("SELECT round(avg(length(h.body))), round(avg(pg_column_size(h.*)))"
                        + " FROM prom_data.histogram h JOIN prom_series.small s USING (series_id)"))
                .containsExactly("83|140");
    }
}
