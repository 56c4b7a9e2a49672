package io.promgres.bench.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.bench.Cleanup;
import io.promgres.bench.LinuxProcess;
import io.promgres.remoteread.PrometheusServer;
import io.promgres.testing.PrometheusRelease;
import io.promgres.testing.QueryClient;
import java.io.IOException;
import java.nio.file.Path;

/** A Prometheus that receives remote write. */
final class PrometheusPeer implements Peer {

    private final PrometheusServer server;
    private final LinuxProcess linux;
    private final Path snapshots;

    /** @param cleanup closes what is started */
    PrometheusPeer(Path directory, Cleanup cleanup) throws IOException, InterruptedException {
        server = cleanup.add(PrometheusServer.start(
                PrometheusRelease.newest(),
                directory,
                "global: {}\n",
                "--web.enable-remote-write-receiver",
                "--web.enable-admin-api"));
        linux = new LinuxProcess(server.pid());
        snapshots = directory.resolve("data").resolve("snapshots");
    }

    @Override
    public String name() {
        return "Prometheus " + server.majorVersion();
    }

    @Override
    public String url() {
        return server.url();
    }

    @Override
    public double cpuSeconds() {
        return linux.cpuSeconds();
    }

    @Override
    public long memoryBytes() {
        return linux.proportionalBytes();
    }

    /** It compacts by itself, each minute. */
    @Override
    public void tidy() {}

    /** A snapshot has blocks of everything, of what is in the head, too. */
    @Override
    public long storedBytes() throws IOException, InterruptedException {
        String snapshot =
                new QueryClient(url()).post("/api/v1/admin/tsdb/snapshot").body();
        return Peer.bytes(snapshots.resolve(
                new ObjectMapper().readTree(snapshot).at("/data/name").asText()));
    }
}
