package io.promgres.bench.peers;

import io.promgres.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The VictoriaMetrics that is installed, with its defaults. */
final class VictoriaMetricsPeer extends OtherPeer {

    private static final String PROGRAM = "victoria-metrics";

    private final Path data;

    private VictoriaMetricsPeer(Process process, int port, Path directory) throws IOException, InterruptedException {
        super(process, port, "/health", directory.resolve("log"));
        this.data = directory.resolve("data");
    }

    static boolean isInstalled() {
        return Programs.isInstalled(PROGRAM);
    }

    static VictoriaMetricsPeer start(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int port = Programs.freePort();
        Process process = Programs.start(
                directory.resolve("log"),
                PROGRAM,
                "-storageDataPath=" + directory.resolve("data"),
                "-httpListenAddr=127.0.0.1:" + port);
        return new VictoriaMetricsPeer(process, port, directory);
    }

    @Override
    public String name() {
        return "VictoriaMetrics";
    }

    @Override
    public void tidy() throws IOException, InterruptedException {
        post("/internal/force_flush");
        post("/internal/force_merge");
    }

    @Override
    public long storedBytes() throws IOException {
        return bytes(data);
    }
}
