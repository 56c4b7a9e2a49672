package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.testing.Opened;
import io.promgres.testing.PrometheusRelease;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xerial.snappy.Snappy;

/**
 * A Prometheus 3 without data that reads native histograms from promgres answers PromQL as one that has them itself. The
 * queries are in the resource promql-histograms.txt.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HistogramPromqlIT {

    private static final String FEATURES = "--enable-feature=native-histograms,promql-experimental-functions";

    private final Instant start = Instant.now().minus(Duration.ofMinutes(50)).truncatedTo(ChronoUnit.MINUTES);
    private final Instant end = start.plusMillis((long) (HistogramData.POINTS - 1) * HistogramData.STEP_MILLIS);
    private final Opened opened = new Opened();

    private PrometheusServer original;
    private PromqlComparison comparison;
    private PromqlComparison direct;

    @BeforeAll
    void storeTheSameHistogramsInBoth(@TempDir Path directory) throws Exception {
        PrometheusRelease.THREE.require();
        StartedPromgres promgres =
                opened.add(new StartedPromgres(Map.of("promql.features", "promql-experimental-functions")));
        original = opened.add(PrometheusServer.start(
                PrometheusRelease.THREE,
                directory.resolve("original"),
                "global: {}\n",
                FEATURES,
                "--web.enable-remote-write-receiver"));
        WriteRequest request = new HistogramData(start.toEpochMilli()).request();
        write(original.url(), request);
        write(promgres.url(), request);
        promgres.makeViews();
        PrometheusServer reader = opened.add(PrometheusServer.start(
                PrometheusRelease.THREE,
                directory.resolve("reader"),
                "remote_read: [{url: '" + promgres.url() + "/api/v1/read', read_recent: true}]\n",
                FEATURES));
        comparison = PromqlComparison.ofServers(original, reader);
        direct = PromqlComparison.ofHistograms(original, promgres::api);
    }

    static void write(String url, WriteRequest request) throws Exception {
        HttpRequest post = HttpRequest.newBuilder(URI.create(url + "/api/v1/write"))
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "snappy")
                .POST(BodyPublishers.ofByteArray(Snappy.compress(request.toByteArray())))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(post, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    }

    @AfterAll
    void closeAll() throws Exception {
        opened.close();
    }

    static Stream<String> queries() {
        return PromqlComparison.queries("promql-histograms.txt");
    }

    @ParameterizedTest
    @MethodSource("queries")
    void aQueryHasTheSameAnswerAtOneTimeAndOverARange(String query) {
        comparison.at(query, start.plus(Duration.ofMinutes(12)));
        comparison.at(query, end.minus(Duration.ofMinutes(3)));
        if (!query.endsWith("]")) {
            comparison.over(query, start, end.plus(Duration.ofMinutes(10)), 29);
        }
    }

    @ParameterizedTest
    @MethodSource("queries")
    void promgresItselfAnswersAQueryAsPrometheusDoes(String query) {
        assumeTrue(!PromqlComparison.hasChanged(query, original), "later releases answer otherwise than 3.5");
        direct.at(query, start.plus(Duration.ofMinutes(12)));
        direct.at(query, end.minus(Duration.ofMinutes(3)));
        if (!query.endsWith("]")) {
            direct.over(query, start, end.plus(Duration.ofMinutes(10)), 29);
        }
    }
}
