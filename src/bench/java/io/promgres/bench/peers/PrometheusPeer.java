package io.promgres.bench.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.testing.Programs;
import io.promgres.testing.PrometheusRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Prometheus that receives remote write, with its defaults. */
final class PrometheusPeer extends OtherPeer {

    private final Path data;
    private final PrometheusRelease release;

    private PrometheusPeer(PrometheusRelease release, Process process, int port, Path directory)
            throws IOException, InterruptedException {
        super(process, port, "/-/ready", directory.resolve("log"));
        this.release = release;
        this.data = directory.resolve("data");
    }

    static PrometheusPeer start(PrometheusRelease release, Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("prometheus.yml"), "global: {}\n");
        int port = Programs.freePort();
        Process process = release.start(
                directory.resolve("log"),
                "--config.file=" + directory.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--web.enable-remote-write-receiver",
                "--web.enable-admin-api");
        return new PrometheusPeer(release, process, port, directory);
    }

    @Override
    public String name() {
        return release == PrometheusRelease.THREE ? "Prometheus 3" : "Prometheus, installed";
    }

    /** It compacts by itself, each minute. */
    @Override
    public void tidy() {}

    /** A snapshot has blocks of everything, of what is in the head, too. */
    @Override
    public long storedBytes() throws IOException, InterruptedException {
        String snapshot = new ObjectMapper()
                .readTree(post("/api/v1/admin/tsdb/snapshot"))
                .at("/data/name")
                .asText();
        return bytes(data.resolve("snapshots").resolve(snapshot));
    }
}
