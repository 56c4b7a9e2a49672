package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Opened;
import io.promgres.testing.Programs;
import io.promgres.testing.PrometheusRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A Prometheus without data that reads from promgres answers PromQL as one that has the data itself, in every release that is
 * at hand. The queries are in the resource promql.txt; those that only some releases know, in others beside it.
 */
@ParameterizedClass
@EnumSource
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromqlIT {

    /** Prometheus 2.42 does not know it, and says so. */
    private static final String EXPERIMENTAL = "--enable-feature=promql-experimental-functions";

    @TempDir
    private static Path parent;

    @Parameter
    private PrometheusRelease release;

    private final Instant start = Instant.now().minus(Duration.ofHours(4)).truncatedTo(ChronoUnit.MINUTES);
    private final Instant end = start.plusMillis((long) (SampleData.SAMPLES - 1) * SampleData.STEP_MILLIS);
    private final Opened opened = new Opened();

    private PrometheusServer original;
    private PromqlComparison comparison;

    @BeforeParameterizedClassInvocation
    void storeTheSameDataInBoth() throws Exception {
        release.require();
        Programs.require("promtool");
        Path directory = parent.resolve(release.name());
        SampleData data = new SampleData(start.toEpochMilli());
        makeBlocks(data, directory.resolve("original"));
        StartedPromgres promgres = opened.add(new StartedPromgres(Map.of()));
        write(promgres, data);
        original = prometheus(directory.resolve("original"), "global: {}\n");
        comparison = PromqlComparison.ofServers(
                original,
                prometheus(
                        directory.resolve("reader"),
                        "remote_read: [{url: '" + promgres.url() + "/api/v1/read', read_recent: true}]\n"));
    }

    private PrometheusServer prometheus(Path directory, String configuration) throws Exception {
        return opened.add(PrometheusServer.start(release, directory, configuration, EXPERIMENTAL));
    }

    private static void makeBlocks(SampleData data, Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        PrometheusServer.makeBlocks(directory, Files.writeString(directory.resolve("data.om"), data.openMetrics()));
    }

    private static void write(StartedPromgres promgres, SampleData data) throws IOException, InterruptedException {
        for (byte[] body : data.requests(10_000)) {
            assertThat(promgres.post("/api/v1/write", "application/x-protobuf", body)
                            .statusCode())
                    .isEqualTo(204);
        }
    }

    @AfterParameterizedClassInvocation
    void closeAll() throws Exception {
        opened.close();
    }

    Stream<String> queries() {
        return Stream.concat(
                PromqlComparison.queries("promql.txt"),
                PromqlComparison.queries("promql-" + original.majorVersion() + ".txt"));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void aQueryHasTheSameAnswerAtOneTimeAndOverARange(String query) {
        comparison.at(query, end.minus(Duration.ofMinutes(3)));
        comparison.at(query, start.plus(Duration.ofMinutes(95)));
        if (!query.endsWith("]")) {
            comparison.over(query, start, end, 173);
        }
    }
}
