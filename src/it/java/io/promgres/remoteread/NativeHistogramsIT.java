package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import io.promgres.codec.proto.Remote;
import io.promgres.codec.proto.Types;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.LabelMatcher;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.testing.Await;
import io.promgres.testing.Opened;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xerial.snappy.Snappy;

/**
 * A real Prometheus takes native histograms, has them in its storage, and sends them on to promgres: both must say the same.
 * Prometheus 2 interpolates linearly.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NativeHistogramsIT {

    private static final int POINTS = 20;
    private static final int SERIES = 4;
    private static final long STEP_MILLIS = 1_000;
    private static final String FEATURE = "--enable-feature=native-histograms";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Opened opened = new Opened();

    private long start;
    private StartedPromgres promgres;
    private PrometheusServer original;

    @BeforeAll
    void storeTheSameInBoth(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(PrometheusServer.isInstalled(), "needs prometheus and promtool in /usr/bin");
        promgres = opened.add(new StartedPromgres(Map.of()));
        original = opened.add(PrometheusServer.start(
                directory.resolve("original"),
                "remote_write: [{url: '%s/api/v1/write', send_native_histograms: true}]\n".formatted(promgres.url()),
                FEATURE,
                "--web.enable-remote-write-receiver"));
        // What is older than its start, Prometheus does not send on.
        start = System.currentTimeMillis() / 1000 * 1000 + 2_000;
        write(requests());
        Await.until(
                "Prometheus sends the histograms on",
                () -> promgres.query("SELECT count(*) FROM prom_data.histogram")
                        .equals(List.of(Integer.toString(SERIES * POINTS + 2))));
        promgres.makeViews();
    }

    @AfterAll
    void closeAll() throws Exception {
        opened.close();
    }

    /** Histograms that grow, of different resolutions, with negative observations and around zero; two that are alone. */
    private Remote.WriteRequest requests() {
        Remote.WriteRequest.Builder request = Remote.WriteRequest.newBuilder();
        Random random = new Random(1);
        for (int n = 0; n < SERIES; n++) {
            TimeSeries.Builder series = series("latency_seconds", Integer.toString(n));
            long[] buckets = new long[12];
            for (int point = 0; point < POINTS; point++) {
                for (int i = 0; i < buckets.length; i++) {
                    buckets[i] += random.nextInt(5);
                }
                series.addHistograms(histogram(n - 1, buckets, start + point * STEP_MILLIS));
            }
            request.addTimeseries(series);
        }
        TimeSeries.Builder alone = series("alone_seconds", "0");
        alone.addHistograms(histogram(2, new long[] {7, 0, 3000, 1, 1L << 40, 0, 0, 0, 5, 6, 7, 8}, start));
        TimeSeries.Builder ofFloats = series("alone_float_seconds", "0");
        ofFloats.addHistograms(Histogram.newBuilder()
                .setTimestamp(start)
                .setCountFloat(10.75)
                .setSum(12.5)
                .setSchema(3)
                .setZeroThreshold(Math.pow(2, -128))
                .setZeroCountFloat(0.25)
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(-700).setLength(2))
                .addPositiveCounts(8)
                .addPositiveCounts(2.5));
        return request.addTimeseries(alone).addTimeseries(ofFloats).build();
    }

    private static TimeSeries.Builder series(String name, String instance) {
        return TimeSeries.newBuilder()
                .addLabels(Label.newBuilder().setName("__name__").setValue(name))
                .addLabels(Label.newBuilder().setName("instance").setValue(instance));
    }

    /** The zero bucket, 4 negative buckets in a span, 7 positive ones in two. */
    private static Histogram histogram(int schema, long[] buckets, long time) {
        Histogram.Builder histogram = Histogram.newBuilder()
                .setTimestamp(time)
                .setSchema(schema)
                .setZeroThreshold(0.001)
                .setZeroCountInt(buckets[0])
                .addNegativeSpans(BucketSpan.newBuilder().setOffset(1).setLength(4))
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(-2).setLength(3))
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(2).setLength(4));
        long count = buckets[0];
        double sum = 0;
        for (int i = 1; i < buckets.length; i++) {
            long before = i == 1 || i == 5 ? 0 : buckets[i - 1];
            if (i < 5) {
                histogram.addNegativeDeltas(buckets[i] - before);
            } else {
                histogram.addPositiveDeltas(buckets[i] - before);
            }
            count += buckets[i];
            sum += buckets[i] * (i - 3.7);
        }
        return histogram.setCountInt(count).setSum(sum).build();
    }

    private void write(Remote.WriteRequest request) throws Exception {
        HttpRequest post = HttpRequest.newBuilder(URI.create(original.url() + "/api/v1/write"))
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "snappy")
                .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Snappy.compress(request.toByteArray())))
                .build();
        HttpResponse<String> answer = client.send(post, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 0.25, 0.5, 0.7, 0.9, 0.99, 1, -1, 2})
    void quantilesAreThoseOfPrometheus(double quantile) throws Exception {
        compare(
                "histogram_quantile(" + quantile + ", latency_seconds)",
                "histogram_quantile(" + quantile + ", histogram, 'linear')");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1, 1", "0.3, 2.6", "-0.0005, 0.0005", "-100, 0.1", "5, 100", "2, 2"})
    void fractionsAreThoseOfPrometheus(String range) throws Exception {
        compare(
                "histogram_fraction(" + range + ", latency_seconds)",
                "histogram_fraction(" + range + ", histogram, 'linear')");
    }

    @Test
    void countsSumsAndMeansAreThoseOfPrometheus() throws Exception {
        compare("histogram_count(latency_seconds)", "count");
        compare("histogram_sum(latency_seconds)", "sum");
        compare("histogram_sum(latency_seconds) / histogram_count(latency_seconds)", "histogram_avg(histogram)");
    }

    private void compare(String promql, String sql) throws Exception {
        for (int point = 0; point < POINTS; point += 3) {
            long time = start + point * STEP_MILLIS;
            JsonNode answer = query(original, promql, time);
            List<String> rows = promgres.query("SELECT " + sql + " FROM prom_histogram.latency_seconds h"
                    + " WHERE time = to_timestamp(" + time + " / 1000.0) ORDER BY prom_api.val(instance_id)");
            assertThat(answer).hasSize(SERIES);
            assertThat(rows).hasSize(SERIES);
            for (JsonNode one : answer) {
                int n = one.at("/metric/instance").asInt();
                assertSame(Double.parseDouble(rows.get(n)), one.at("/value/1").asText());
            }
        }
    }

    private static void assertSame(double value, String expected) {
        double wanted = Double.parseDouble(expected.replace("Inf", "Infinity"));
        if (Double.isNaN(wanted) || Double.isInfinite(wanted)) {
            assertThat(value).isEqualTo(wanted);
        } else {
            assertThat(value).isCloseTo(wanted, offset(Math.abs(wanted) * 1e-12));
        }
    }

    @Test
    void sumsAndDifferencesOfHistogramsAreThoseOfPrometheus() throws Exception {
        long last = start + (POINTS - 1) * STEP_MILLIS;
        String at = " WHERE time = to_timestamp(" + last + " / 1000.0)";
        assertBuckets(
                query(original, "sum(latency_seconds)", last).get(0),
                "SELECT histogram_merge(histogram) FROM prom_histogram.latency_seconds" + at);
        assertBuckets(
                query(
                                original,
                                "latency_seconds{instance='1'} + ignoring(instance) latency_seconds{instance='3'}",
                                last)
                        .get(0),
                "SELECT histogram_merge(histogram) FROM prom_histogram.latency_seconds" + at
                        + " AND prom_api.val(instance_id) IN ('1', '3')");
        assertBuckets(
                query(original, "latency_seconds{instance='2'}", last).get(0),
                "SELECT histogram_merge(histogram_difference(histogram, first), first)"
                        + " FROM prom_histogram.latency_seconds h, LATERAL (SELECT f.histogram"
                        + " FROM prom_histogram.latency_seconds f WHERE f.series_id = h.series_id ORDER BY time LIMIT 1) f(first)"
                        + at + " AND prom_api.val(instance_id) = '2'");
    }

    /** Prometheus shows the bucket around zero among the others, and none that is empty. */
    private void assertBuckets(JsonNode answer, String histogram) throws Exception {
        JsonNode expected = answer.at("/histogram/1");
        List<String> rows = promgres.query("SELECT b.lower, b.upper, b.count FROM (" + histogram + ") x(h),"
                + " unnest(_prom_catalog.all_buckets(h)) b WHERE b.count <> 0");
        assertThat(rows).hasSize(expected.at("/buckets").size());
        for (int i = 0; i < rows.size(); i++) {
            String[] bucket = rows.get(i).split("\\|");
            for (int field = 0; field < 3; field++) {
                assertSame(
                        Double.parseDouble(bucket[field]),
                        expected.at("/buckets").get(i).get(field + 1).asText());
            }
        }
        List<String> totals = promgres.query("SELECT (h).count, (h).sum FROM (" + histogram + ") x(h)");
        assertSame(
                Double.parseDouble(totals.get(0).split("\\|")[0]),
                expected.at("/count").asText());
        assertSame(
                Double.parseDouble(totals.get(0).split("\\|")[1]),
                expected.at("/sum").asText());
    }

    /** Prometheus 2.42 neither gives nor takes histograms in this format. */
    @Test
    void samplesOfRemoteReadAreThoseThatWereSent() throws Exception {
        Remote.ReadResponse answer =
                Remote.ReadResponse.parseFrom(Snappy.uncompress(read(promgres.url(), "latency_seconds", "SAMPLES")));
        List<Histogram> sent = new ArrayList<>();
        requests().getTimeseriesList().stream()
                .limit(SERIES)
                .forEach(series -> sent.addAll(series.getHistogramsList()));
        List<Histogram> received = new ArrayList<>();
        answer.getResults(0)
                .getTimeseriesList()
                .forEach(series -> series.getHistogramsList()
                        .forEach(one -> received.add(
                                one.toBuilder().setResetHintValue(0).build())));
        assertThat(received).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"alone_seconds", "alone_float_seconds"})
    void theChunkOfASingleHistogramIsThatOfPrometheus(String metric) throws Exception {
        Types.Chunk expected = onlyChunk(read(original.url(), metric, "STREAMED_XOR_CHUNKS"));
        assertThat(onlyChunk(read(promgres.url(), metric, "STREAMED_XOR_CHUNKS")))
                .isEqualTo(expected);
    }

    @Test
    void chunksOfSeriesThatCountOnAreThoseOfPrometheus() throws Exception {
        List<Types.ChunkedSeries> expected = frames(read(original.url(), "latency_seconds", "STREAMED_XOR_CHUNKS"));
        assertThat(expected).hasSize(SERIES);
        assertThat(frames(read(promgres.url(), "latency_seconds", "STREAMED_XOR_CHUNKS")))
                .isEqualTo(expected);
    }

    private static Types.Chunk onlyChunk(byte[] stream) throws Exception {
        List<Types.ChunkedSeries> frames = frames(stream);
        assertThat(frames).hasSize(1);
        assertThat(frames.get(0).getChunksList()).hasSize(1);
        return frames.get(0).getChunks(0);
    }

    private static List<Types.ChunkedSeries> frames(byte[] stream) throws Exception {
        List<Types.ChunkedSeries> series = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(stream);
        while (in.hasRemaining()) {
            int length = 0;
            byte next;
            int shift = 0;
            do {
                next = in.get();
                length |= (next & 0x7f) << shift;
                shift += 7;
            } while (next < 0);
            in.getInt();
            byte[] message = new byte[length];
            in.get(message);
            series.addAll(Remote.ChunkedReadResponse.parseFrom(message).getChunkedSeriesList());
        }
        return series;
    }

    private byte[] read(String url, String metric, String type) throws Exception {
        Remote.ReadRequest request = Remote.ReadRequest.newBuilder()
                .addAcceptedResponseTypes(Remote.ReadRequest.ResponseType.valueOf(type))
                .addQueries(Remote.Query.newBuilder()
                        .setStartTimestampMs(start - 1000)
                        .setEndTimestampMs(start + 1_000_000)
                        .addMatchers(
                                LabelMatcher.newBuilder().setName("__name__").setValue(metric)))
                .build();
        HttpRequest post = HttpRequest.newBuilder(URI.create(url + "/api/v1/read"))
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "snappy")
                .header("Accept-Encoding", "snappy")
                .header("X-Prometheus-Remote-Read-Version", "0.1.0")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Snappy.compress(request.toByteArray())))
                .build();
        HttpResponse<byte[]> answer = client.send(post, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private static JsonNode query(PrometheusServer server, String promql, long time) {
        Map<String, String> parameters = Map.of("query", promql, "time", Double.toString(time / 1000.0));
        JsonNode answer = server.api("/api/v1/query", parameters);
        assertThat(answer.at("/status").asText()).as(answer.toString()).isEqualTo("success");
        return answer.at("/data/result");
    }
}
