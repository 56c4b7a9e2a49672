package io.promgres.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.codec.proto.Remote.Query;
import io.promgres.codec.proto.Remote.ReadRequest;
import io.promgres.codec.proto.Remote.ReadResponse;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.LabelMatcher;
import io.promgres.codec.proto.Types.Sample;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.remoteread.PrometheusServer;
import io.promgres.remoteread.StartedPromgres;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.Opened;
import io.promgres.testing.PrometheusRelease;
import io.promgres.testing.Sender;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;

/**
 * A real Prometheus 3 scrapes a program and sends what it has by remote write 2.0: samples, native histograms, exemplars,
 * metadata. The program restarts and ends meanwhile. What promgres has then is what Prometheus has.
 *
 * <p>Custom bounds are not among it: Prometheus 3.5 does not convert classic histograms while it adds zeros where counters began.
 */
@AnyServer
class PrometheusWritesV2IT {

    private static final String FEATURES = "--enable-feature=exemplar-storage,native-histograms,"
            + "created-timestamp-zero-ingestion,metadata-wal-records";
    private static final int SCRAPES = 6;
    private static final String OF_THE_PROGRAM = "orders_.*|queue.*|latency_.*|price_.*|order_.*";
    private static final long STALE_MARKER = 0x7ff0000000000002L;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Opened OPENED = new Opened();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static StartedPromgres promgres;
    private static PrometheusServer prometheus;
    private static JsonNode metadata;

    @BeforeAll
    static void scrapeAProgramThroughARestartUntilItEnds(@TempDir Path directory) throws Exception {
        PrometheusRelease.THREE.require();
        promgres = OPENED.add(new StartedPromgres(Map.of()));
        ScrapeTarget target = OPENED.add(new ScrapeTarget());
        prometheus = OPENED.add(
                PrometheusServer.start(PrometheusRelease.THREE, directory, configuration(target.address()), FEATURES));
        Await.until("scrapes", () -> target.scrapes() >= SCRAPES);
        target.beginAgain();
        Await.until("scrapes after the restart", () -> target.scrapes() >= 2 * SCRAPES);
        metadata = prometheus.api("/api/v1/metadata", Map.of()).path("data");
        target.goAway();
        // Its last sample is the one after which nothing of the program comes any more.
        Await.until(
                "the end of the program in promgres",
                () -> read(promgres.url(), "up").stream()
                        .anyMatch(up -> up.getSamples(up.getSamplesCount() - 1).getValue() == 0));
        Await.until("all samples", () -> total(promgres.url()) >= total(prometheus.url()));
        promgres.makeViews();
    }

    private static String configuration(String target) {
        return """
                global: {scrape_interval: 1s}
                scrape_configs:
                  - job_name: shop
                    scrape_protocols: [PrometheusProto]
                    always_scrape_classic_histograms: true
                    static_configs: [{targets: ['%1$s']}]
                remote_write:
                  - url: '%2$s/api/v1/write'
                    protobuf_message: io.prometheus.write.v2.Request
                    send_exemplars: true
                    send_native_histograms: true
                    queue_config: {batch_send_deadline: 200ms}
                """.formatted(target, promgres.url());
    }

    @AfterAll
    static void closeAll() throws Exception {
        OPENED.close();
    }

    private static int total(String url) throws Exception {
        return read(url, OF_THE_PROGRAM).stream()
                .mapToInt(series -> series.getSamplesCount() + series.getHistogramsCount())
                .sum();
    }

    /** Stale markers included. */
    @Test
    void samplesAreThoseOfPrometheusToTheBit() throws Exception {
        Map<String, List<Sample>> expected = bySeries(prometheus.url(), TimeSeries::getSamplesList);
        assertThat(bySeries(promgres.url(), TimeSeries::getSamplesList)).isEqualTo(expected);
        assertThat(expected.values().stream().flatMap(List::stream).map(Sample::getValue))
                .anyMatch(value -> Double.doubleToRawLongBits(value) == STALE_MARKER);
    }

    @Test
    void nativeHistogramsAreThoseOfPrometheus() throws Exception {
        Map<String, List<List<Object>>> expected = bySeries(prometheus.url(), PrometheusWritesV2IT::histograms);
        assertThat(bySeries(promgres.url(), PrometheusWritesV2IT::histograms)).isEqualTo(expected);
        assertThat(expected).hasSize(3);
    }

    private static <T> Map<String, List<T>> bySeries(String url, Function<TimeSeries, List<T>> part) throws Exception {
        Map<String, List<T>> bySeries = new TreeMap<>();
        for (TimeSeries series : read(url, OF_THE_PROGRAM)) {
            List<T> found = part.apply(series);
            if (!found.isEmpty()) {
                bySeries.put(series.getLabelsList().toString(), found);
            }
        }
        return bySeries;
    }

    /** Prometheus adds empty buckets, so that the histograms of a chunk have the same ones, and hints of its own. */
    private static List<List<Object>> histograms(TimeSeries series) {
        return series.getHistogramsList().stream()
                .map(one -> List.<Object>of(
                        one.getTimestamp(),
                        one.getCountInt(),
                        Double.doubleToRawLongBits(one.getSum()),
                        one.getSchema(),
                        one.getZeroThreshold(),
                        one.getZeroCountInt(),
                        counts(one.getPositiveSpansList(), one.getPositiveDeltasList()),
                        counts(one.getNegativeSpansList(), one.getNegativeDeltasList())))
                .toList();
    }

    /** The buckets that are not empty, by their indexes. */
    private static Map<Integer, Long> counts(List<BucketSpan> spans, List<Long> deltas) {
        Map<Integer, Long> counts = new TreeMap<>();
        Iterator<Long> delta = deltas.iterator();
        int index = 0;
        long count = 0;
        for (BucketSpan span : spans) {
            index += span.getOffset();
            for (int i = 0; i < span.getLength(); i++) {
                count += delta.next();
                if (count != 0) {
                    counts.put(index, count);
                }
                index++;
            }
        }
        return counts;
    }

    /** The zero of the time when counting began is a sample of its own: twice, because the program began again. */
    @Test
    void aCounterBeginsWithAZeroWhereItsProgramBegan() throws Exception {
        assertThat(promgres.query("SELECT count(*) FILTER (WHERE value = 0) FROM prom_metric.orders_total"
                        + " GROUP BY series_id"))
                .containsExactly("2", "2");
    }

    @Test
    void exemplarsAreThoseOfPrometheus() throws Exception {
        JsonNode answer = prometheus.api(
                "/api/v1/query_exemplars",
                Map.of(
                        "query",
                        "{job='shop'}",
                        "start",
                        Long.toString(System.currentTimeMillis() / 1000 - 3600),
                        "end",
                        Long.toString(System.currentTimeMillis() / 1000 + 3600)));
        Set<String> expected = new TreeSet<>();
        for (JsonNode series : answer.path("data")) {
            for (JsonNode one : series.path("exemplars")) {
                String millis = one.path("timestamp")
                        .decimalValue()
                        .movePointRight(3)
                        .toBigInteger()
                        .toString();
                expected.add(String.join(
                        "|",
                        text(series.path("seriesLabels")),
                        text(one.path("labels")),
                        millis,
                        one.path("value").asText()));
            }
        }
        assertThat(expected).hasSizeGreaterThan(10);
        Await.until("all exemplars", () -> exemplars().size() >= expected.size());
        assertThat(exemplars()).isEqualTo(expected);
    }

    private static Set<String> exemplars() throws Exception {
        Set<String> exemplars = new TreeSet<>();
        for (String view : promgres.query("SELECT viewname FROM pg_views WHERE schemaname = 'prom_exemplar'")) {
            for (String row : promgres.query("SELECT jsonb(labels), exemplar_labels,"
                    + " round(extract(epoch FROM time) * 1000), value FROM prom_exemplar.\"" + view + '"')) {
                String[] columns = row.split("\\|");
                exemplars.add(String.join(
                        "|", text(JSON.readTree(columns[0])), text(JSON.readTree(columns[1])), columns[2], columns[3]));
            }
        }
        return exemplars;
    }

    private static String text(JsonNode labels) {
        Map<String, String> sorted = new TreeMap<>();
        labels.properties()
                .forEach(label -> sorted.put(label.getKey(), label.getValue().asText()));
        return sorted.toString();
    }

    @Test
    void metadataIsThatOfPrometheus() throws Exception {
        Set<String> expected = new TreeSet<>();
        metadata.properties()
                .forEach(family -> family.getValue()
                        .forEach(one -> expected.add(String.join(
                                "|",
                                family.getKey(),
                                one.path("type").asText(),
                                one.path("unit").asText(),
                                one.path("help").asText()))));
        assertThat(expected).hasSizeGreaterThan(3);
        assertThat(promgres.query("SELECT metric_family, type, unit, help FROM prom_info.metadata"))
                .containsAll(expected);
    }

    @Test
    void prometheusLostAndRepeatedNothing() throws Exception {
        String metrics = new Sender(prometheus.url()).get("/metrics").body();
        Map<String, Double> counted = new TreeMap<>();
        metrics.lines()
                .filter(line -> line.startsWith("prometheus_remote_storage_"))
                .forEach(line -> counted.merge(
                        line.split("[{ ]")[0], Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)), Double::sum));
        assertThat(counted)
                .containsKeys(
                        "prometheus_remote_storage_samples_failed_total",
                        "prometheus_remote_storage_histograms_failed_total",
                        "prometheus_remote_storage_exemplars_failed_total",
                        "prometheus_remote_storage_samples_retried_total");
        assertThat(counted).allSatisfy((name, value) -> {
            if (name.matches(".*_(failed|retried|dropped)_total")) {
                assertThat(value).as(name).isZero();
            }
        });
        for (String kind : List.of("samples", "histograms", "exemplars", "metadata")) {
            assertThat(counted.get("prometheus_remote_storage_" + kind + "_total"))
                    .as(kind)
                    .isPositive();
        }
    }

    private static List<TimeSeries> read(String url, String name) throws Exception {
        ReadRequest request = ReadRequest.newBuilder()
                .addQueries(Query.newBuilder()
                        .setStartTimestampMs(System.currentTimeMillis() - 3_600_000)
                        .setEndTimestampMs(System.currentTimeMillis() + 3_600_000)
                        .addMatchers(matcher(LabelMatcher.Type.EQ, "job", "shop"))
                        .addMatchers(matcher(LabelMatcher.Type.RE, "__name__", name)))
                .build();
        HttpRequest post = HttpRequest.newBuilder(URI.create(url + "/api/v1/read"))
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "snappy")
                .POST(BodyPublishers.ofByteArray(Snappy.compress(request.toByteArray())))
                .build();
        HttpResponse<byte[]> answer = CLIENT.send(post, BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        return ReadResponse.parseFrom(Snappy.uncompress(answer.body()))
                .getResults(0)
                .getTimeseriesList();
    }

    private static LabelMatcher matcher(LabelMatcher.Type type, String name, String value) {
        return LabelMatcher.newBuilder()
                .setType(type)
                .setName(name)
                .setValue(value)
                .build();
    }
}
