package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promgres.testing.PrometheusRelease;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real Prometheus scrapes promgres and writes to it; a second one, without data, reads the same back. */
class RoundTripIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @ParameterizedTest
    @EnumSource
    void whatOnePrometheusWritesAnotherOneReads(PrometheusRelease release, @TempDir Path directory) throws Exception {
        release.require();
        try (StartedPromgres promgres = new StartedPromgres(Map.of());
                PrometheusServer writer = PrometheusServer.start(release, directory.resolve("writer"), """
                        global: {scrape_interval: 1s, external_labels: {replica: a}}
                        scrape_configs: [{job_name: promgres, static_configs: [{targets: ['%s']}]}]
                        remote_write: [{url: '%s/api/v1/write', queue_config: {batch_send_deadline: 500ms}}]
                        """.formatted(
                                promgres.url().replace("http://", ""), promgres.url()));
                PrometheusServer reader =
                        PrometheusServer.start(release, directory.resolve("reader"), """
                        global: {external_labels: {replica: a}}
                        remote_read: [{url: '%s/api/v1/read', read_recent: true}]
                        """.formatted(promgres.url()))) {
            Instant scraped = awaitScrapes(writer);
            for (String query : new String[] {
                "{job='promgres'}[3s]", "count by (__name__) ({job='promgres'})", "up{job='promgres'}[10s]"
            }) {
                Set<String> expected = answer(writer, query, scraped);
                assertThat(expected).isNotEmpty();
                assertThat(awaitAnswer(reader, query, scraped, expected)).isEqualTo(expected);
            }
        }
    }

    /** A time before which there are three scrapes. */
    private static Instant awaitScrapes(PrometheusServer writer) {
        Instant end = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(end)) {
            Instant now = Instant.now();
            JsonNode values =
                    result(writer, "up{job='promgres'}[1m]", now).path(0).path("values");
            if (values.size() >= 3) {
                return now;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("nothing was scraped");
    }

    /** Samples may be on their way. */
    private static Set<String> awaitAnswer(PrometheusServer server, String query, Instant time, Set<String> expected) {
        Instant end = Instant.now().plus(PATIENCE);
        Set<String> answer = answer(server, query, time);
        while (!answer.equals(expected) && Instant.now().isBefore(end)) {
            answer = answer(server, query, time);
        }
        return answer;
    }

    private static Set<String> answer(PrometheusServer server, String query, Instant time) {
        Set<String> series = new TreeSet<>();
        result(server, query, time).forEach(one -> series.add(one.toString()));
        return series;
    }

    private static JsonNode result(PrometheusServer server, String query, Instant time) {
        Map<String, String> parameters = Map.of("query", query, "time", Double.toString(time.toEpochMilli() / 1000.0));
        return server.api("/api/v1/query", parameters).path("data").path("result");
    }
}
