package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.PrometheusRelease;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real Prometheus scrapes promgres and writes to it; a second one, without data, reads the same back. */
@AnyServer
class RoundTripIT {

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
                // Samples may be on their way.
                Await.until(
                        query + " gives " + expected,
                        () -> answer(reader, query, scraped).equals(expected));
            }
        }
    }

    /** A time before which there are three scrapes. */
    private static Instant awaitScrapes(PrometheusServer writer) throws Exception {
        AtomicReference<Instant> asked = new AtomicReference<>();
        Await.until("three scrapes", () -> {
            asked.set(Instant.now());
            return result(writer, "up{job='promgres'}[1m]", asked.get())
                            .path(0)
                            .path("values")
                            .size()
                    >= 3;
        });
        return asked.get();
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
