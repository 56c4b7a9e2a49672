package io.promgres.wire;

import static io.promgres.wire.Messages.compress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.remoteread.StartedPromgres;
import io.promgres.testing.Await;
import io.promgres.wire.proto.Types;
import io.promgres.wire.proto.WriteV2.BucketSpan;
import io.promgres.wire.proto.WriteV2.Exemplar;
import io.promgres.wire.proto.WriteV2.Histogram;
import io.promgres.wire.proto.WriteV2.TimeSeries;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Native histograms, from the bytes of a request to the answer and the rows. */
class HistogramIT {

    private static final String V1 = "application/x-protobuf";
    private static final String V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

    private static StartedPromgres promgres;

    private final long now = System.currentTimeMillis();

    @BeforeAll
    static void start() throws Exception {
        promgres = new StartedPromgres(Map.of());
    }

    @AfterAll
    static void stop() {
        promgres.close();
    }

    /** Of 2 observations in (0.5, 1], 1 in (1, 2], 3 in (4, 8], one of -3, one of 0. */
    private Histogram.Builder example() {
        return Histogram.newBuilder()
                .setTimestamp(now)
                .setCountInt(8)
                .setSum(20.5)
                .setZeroThreshold(0.25)
                .setZeroCountInt(1)
                .addNegativeSpans(BucketSpan.newBuilder().setOffset(2).setLength(1))
                .addNegativeDeltas(1)
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(0).setLength(2))
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(1).setLength(1))
                .addPositiveDeltas(2)
                .addPositiveDeltas(-1)
                .addPositiveDeltas(2);
    }

    @Test
    void anIntegerHistogramIsStoredOnceAndSeenWithItsBuckets() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "seen_seconds", "job", "a").addHistograms(example());
        assertWritten(send(V2, request.bytes()), 204, 1);
        assertWritten(send(V2, request.bytes()), 204, 1);
        promgres.makeViews();
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
        assertWritten(send(V2, request.bytes()), 204, 1);
        promgres.makeViews();
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
        assertWritten(send(V2, request.bytes()), 204, 1);
        promgres.makeViews();
        assertThat(promgres.query("SELECT count, sum, is_stale, buckets FROM prom_histogram.stale"))
                .containsExactly("0|NaN|t|{}");
    }

    @Test
    void aLabelThatComesLaterAppendsAColumn() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "growing").addHistograms(example());
        assertWritten(send(V2, request.bytes()), 204, 1);
        promgres.makeViews();
        MessagesV2 later = new MessagesV2();
        later.series("__name__", "growing", "zone", "b").addHistograms(example());
        assertWritten(send(V2, later.bytes()), 204, 1);
        promgres.makeViews();
        assertThat(promgres.query("SELECT prom_api.val(zone_id) FROM prom_histogram.growing WHERE zone_id IS NOT NULL"))
                .containsExactly("b");
    }

    @Test
    void histogramsOfASeriesThatIsGoneMakeItAnew() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "gone").addHistograms(example());
        send(V2, request.bytes());
        promgres.makeViews();
        assertThat(promgres.query("SELECT prom_api.delete_series_from_metric('gone', array_agg(series_id))"
                        + " FROM prom_histogram.gone"))
                .containsExactly("1");
        assertThat(promgres.query("SELECT count FROM prom_histogram.gone")).isEmpty();
        assertWritten(send(V2, request.bytes()), 204, 1);
        assertThat(promgres.query("SELECT count FROM prom_histogram.gone")).containsExactly("8");
    }

    @Test
    void aDroppedMetricTakesItsHistogramsAndViewAlongAndMayReturn() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "dropped").addHistograms(example());
        send(V2, request.bytes());
        promgres.makeViews();
        promgres.query("SELECT prom_api.drop_metric('dropped')");
        assertThat(promgres.query("SELECT to_regclass('prom_histogram.dropped') IS NULL"))
                .containsExactly("t");
        assertThat(promgres.query("SELECT count(*) FROM prom_data.histogram h"
                        + " WHERE NOT EXISTS (SELECT FROM _prom_catalog.series s WHERE s.id = h.series_id)"))
                .containsExactly("0");
        assertWritten(send(V2, request.bytes()), 204, 1);
        promgres.makeViews();
        assertThat(promgres.query("SELECT count FROM prom_histogram.dropped")).containsExactly("8");
    }

    @Test
    void histogramsGoWhenTheirRetentionPeriodIsOver() throws Exception {
        long day = 86_400_000L;
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "aging_histogram")
                .addHistograms(example())
                .addHistograms(example().setTimestamp(now - 91 * day).setSum(91))
                .addHistograms(example().setTimestamp(now - 89 * day).setSum(89));
        assertWritten(send(V2, request.bytes()), 204, 3);
        promgres.makeViews();
        promgres.query("SELECT _prom_catalog.expire_histograms()");
        assertThat(promgres.query("SELECT sum FROM prom_histogram.aging_histogram ORDER BY time"))
                .containsExactly("89", "20.5");
    }

    @Test
    void aSeriesWithNothingButHistogramsIsNotRemovedAsSilent() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "silent").addHistograms(example());
        assertWritten(send(V2, request.bytes()), 204, 1);
        promgres.makeViews();
        promgres.query("UPDATE _prom_catalog.series SET group_id = NULL, slot = NULL WHERE metric_id ="
                + " (SELECT id FROM _prom_catalog.metric WHERE metric_name = 'silent') RETURNING id");
        assertThat(promgres.query("SELECT _prom_catalog.remove_expired_series(id) FROM _prom_catalog.metric"
                        + " WHERE metric_name = 'silent'"))
                .containsExactly("0");
        assertThat(promgres.query("SELECT count FROM prom_histogram.silent")).containsExactly("8");
        promgres.query("DELETE FROM prom_data.histogram WHERE series_id IN"
                + " (SELECT series_id FROM prom_histogram.silent) RETURNING time");
        assertThat(promgres.query("SELECT _prom_catalog.remove_expired_series(id) FROM _prom_catalog.metric"
                        + " WHERE metric_name = 'silent'"))
                .containsExactly("1");
    }

    @Test
    void quantilesFractionsAndMeansAreThoseOfTheDefinition() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "asked").addHistograms(example());
        assertWritten(send(V2, request.bytes()), 204, 1);
        promgres.makeViews();
        // Ranks from above: 3 in (4, 8], then 1 in (1, 2].
        assertThat(promgres.query(
                        "SELECT histogram_quantile(0.5, histogram), histogram_quantile(0.5, histogram, 'linear'),"
                                + " histogram_quantile(0.8125, histogram), histogram_quantile(0.8125, histogram, 'linear'),"
                                + " histogram_quantile(1.5, histogram), histogram_quantile('NaN', histogram),"
                                + " histogram_quantile(0.0625, histogram, 'linear'), histogram_avg(histogram)"
                                + " FROM prom_histogram.asked"))
                .containsExactly("1|1|" + Math.pow(2, 2.5) + "|6|Infinity|NaN|-3|2.5625");
        assertThat(promgres.query(
                        "SELECT histogram_fraction(1, 8, histogram), histogram_fraction('-Infinity', 'Infinity', histogram),"
                                + " histogram_fraction(4, 6, histogram, 'linear'), histogram_fraction(2, 1, histogram)"
                                + " FROM prom_histogram.asked"))
                .containsExactly("0.5|1|0.1875|0");
    }

    @Test
    void observationsLieEvenlyOnALogarithmicScaleUnlessToldOtherwise() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "logarithmic").addHistograms(example());
        assertWritten(send(V2, request.bytes()), 204, 1);
        promgres.makeViews();
        assertThat(promgres.query("SELECT histogram_quantile(0.0625, histogram) + power(2::float8, 1.5) < 1e-12,"
                        + " abs(histogram_fraction(4, power(2::float8, 2.5), histogram) - 0.1875) < 1e-12,"
                        + " abs(histogram_fraction(-4, -power(2::float8, 1.5), histogram) - 0.0625) < 1e-12,"
                        + " histogram_fraction(-0.25, 0, histogram)"
                        + " FROM prom_histogram.logarithmic"))
                .containsExactly("t|t|t|0.0625");
        assertThatThrownBy(() -> promgres.query(
                        "SELECT histogram_quantile(0.9, histogram, 'cubic') FROM prom_histogram.logarithmic"))
                .hasMessageContaining("there is no interpolation cubic, only exponential and linear");
    }

    @Test
    void customBoundsAreLinearFromZeroAndEndWithTheLastBound() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "bounded").addHistograms(bounded(0.5, 2));
        assertWritten(send(V2, request.bytes()), 204, 1);
        promgres.makeViews();
        assertThat(promgres.query("SELECT histogram_quantile(0.25, histogram), histogram_quantile(0.625, histogram),"
                        + " histogram_quantile(0.99, histogram), histogram_fraction(0, 0.5, histogram),"
                        + " histogram_fraction(0.5, 1.25, histogram) FROM prom_histogram.bounded"))
                .containsExactly("0.25|1.25|2|0.5|0.125");
    }

    @Test
    void whatIsBelowALowestBoundThatIsNotPositiveIsBelowEveryValue() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "below", "lowest", "-1").addHistograms(bounded(-1, 2));
        request.series("__name__", "below", "lowest", "0").addHistograms(bounded(0, 2));
        assertWritten(send(V2, request.bytes()), 204, 2);
        promgres.makeViews();
        assertThat(
                        promgres.query(
                                "SELECT histogram_fraction('-Infinity', b, histogram), histogram_fraction(-100, b, histogram),"
                                        + " histogram_fraction(b, 'Infinity', histogram)"
                                        + " FROM prom_histogram.below, LATERAL (SELECT prom_api.val(lowest_id)::float8) x(b) ORDER BY b"))
                .containsExactly("0.5|0|0.5", "0.5|0|0.5");
        assertThat(promgres.query(
                        "SELECT histogram_fraction(-100, 0.5, histogram), histogram_fraction(0.5, 2, histogram)"
                                + " FROM prom_histogram.below WHERE prom_api.val(lowest_id) = '-1'"))
                .containsExactly("0.125|0.125");
    }

    /** 2 observations up to the first bound, 1 up to the second, 1 above. */
    private Histogram.Builder bounded(double first, double second) {
        return Histogram.newBuilder()
                .setTimestamp(now)
                .setCountInt(4)
                .setSum(7)
                .setSchema(-53)
                .addCustomValues(first)
                .addCustomValues(second)
                .addPositiveSpans(BucketSpan.newBuilder().setLength(3))
                .addPositiveDeltas(2)
                .addPositiveDeltas(-1)
                .addPositiveDeltas(0);
    }

    @Test
    void histogramsWithCustomBoundsAreMergedWhereTheBoundsAreTheSame() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "bounds", "n", "1").addHistograms(bounded(0.5, 2));
        request.series("__name__", "bounds", "n", "2").addHistograms(bounded(0.5, 2));
        request.series("__name__", "bounds", "n", "3").addHistograms(bounded(0.5, 3));
        assertWritten(send(V2, request.bytes()), 204, 3);
        promgres.makeViews();
        assertThat(promgres.query("SELECT (m).count, (m).buckets FROM (SELECT histogram_merge(histogram) AS m"
                        + " FROM prom_histogram.bounds GROUP BY (histogram).bounds) x ORDER BY 1"))
                .containsExactly(
                        "4|{\"(-Infinity,0.5,2)\",\"(0.5,3,1)\",\"(3,Infinity,1)\"}",
                        "8|{\"(-Infinity,0.5,4)\",\"(0.5,2,2)\",\"(2,Infinity,2)\"}");
        assertThatThrownBy(() -> promgres.query("SELECT histogram_merge(histogram) FROM prom_histogram.bounds"))
                .hasMessageContaining("different custom bounds");
    }

    @Test
    void aMergeTakesTheWiderZeroBucketAndCutsNoBucket() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "zeros", "n", "1").addHistograms(example());
        request.series("__name__", "zeros", "n", "2")
                .addHistograms(Histogram.newBuilder()
                        .setTimestamp(now)
                        .setZeroThreshold(0.75)
                        .setZeroCountInt(5)
                        .setCountInt(5));
        assertWritten(send(V2, request.bytes()), 204, 2);
        promgres.makeViews();
        assertThat(promgres.query("SELECT (m).count, (m).zero_threshold, (m).zero_count, (m).buckets"
                        + " FROM (SELECT histogram_merge(histogram) FROM prom_histogram.zeros) x(m)"))
                .containsExactly("13|1|8|{\"(-4,-2,1)\",\"(1,2,1)\",\"(4,8,3)\"}");
    }

    @Test
    void histogramsOfDifferentResolutionAreMergedAtTheCoarserOne() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "merged", "n", "1").addHistograms(example());
        request.series("__name__", "merged", "n", "2")
                .addHistograms(Histogram.newBuilder()
                        .setTimestamp(now)
                        .setSchema(1)
                        .setCountInt(3)
                        .setSum(5)
                        .addPositiveSpans(BucketSpan.newBuilder().setOffset(0).setLength(3))
                        .addPositiveDeltas(1)
                        .addPositiveDeltas(0)
                        .addPositiveDeltas(0));
        assertWritten(send(V2, request.bytes()), 204, 2);
        promgres.makeViews();
        assertThat(promgres.query(
                        "SELECT (m).count, (m).sum, (m).schema, (m).zero_threshold, (m).zero_count, (m).buckets"
                                + " FROM (SELECT histogram_merge(histogram) FROM prom_histogram.merged) x(m)"))
                .containsExactly("11|25.5|0|0.25|1|{\"(-4,-2,1)\",\"(0.5,1,3)\",\"(1,2,3)\",\"(4,8,3)\"}");
        assertThat(promgres.query(
                        "SELECT (histogram_difference(histogram, histogram)).count FROM prom_histogram.merged"))
                .containsExactly("0", "0");
    }

    @Test
    void whoRemovesSilentSeriesWaitsForHistogramsThatAreBeingWritten() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "guarded").addHistograms(example());
        assertWritten(send(V2, request.bytes()), 204, 1);
        String id = promgres.query(
                        "SELECT s.id FROM _prom_catalog.series s JOIN _prom_catalog.metric m ON m.id = s.metric_id"
                                + " WHERE m.metric_name = 'guarded'")
                .get(0);
        promgres.query(
                "UPDATE _prom_catalog.series SET group_id = NULL, slot = NULL WHERE id = " + id + " RETURNING id");
        promgres.query("SELECT _prom_catalog.delete_histograms('{" + id + "}', '-infinity', 'infinity')");
        promgres.makeViews();
        try (Connection writer = promgres.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute(
                    "SELECT _prom_catalog.store_histograms('{" + id + "}', '{1000}', '{0}', '{0}', '{\"\\\\x00\"}')");
            FutureTask<List<String>> removal = new FutureTask<>(() -> promgres.query(
                    "SELECT _prom_catalog.remove_expired_series(metric_id) FROM _prom_catalog.series WHERE id = "
                            + id));
            Thread remover = new Thread(removal);
            remover.start();
            Await.until(
                    "the removal waits",
                    () -> !promgres.query("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND datname = current_database() AND query LIKE '%remove_expired_series%'")
                            .isEmpty());
            writer.commit();
            assertThat(removal.get()).containsExactly("0");
        }
        assertThat(promgres.query("SELECT count FROM prom_data.histogram WHERE series_id = " + id))
                .containsExactly("0");
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
        assertWritten(send(V2, request.bytes()), 204, 500);
        promgres.makeViews();
        assertThat(promgres.query("SELECT round(avg(length(h.body))), round(avg(pg_column_size(h.*)))"
                        + " FROM prom_data.histogram h JOIN prom_series.small s USING (series_id)"))
                .containsExactly("83|140");
    }

    private static HttpResponse<byte[]> send(String contentType, byte[] message) throws Exception {
        return promgres.post("/api/v1/write", contentType, compress(message));
    }

    private static void assertWritten(HttpResponse<byte[]> answer, int status, int histograms) {
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(status);
        assertThat(answer.headers().firstValue("X-Prometheus-Remote-Write-Histograms-Written"))
                .contains(Integer.toString(histograms));
    }
}
