package io.promgres.bench.peers;

import io.promgres.bench.Cleanup;
import io.promgres.bench.LinuxProcess;
import io.promgres.testing.Await;
import io.promgres.testing.Programs;
import io.promgres.testing.QueryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The VictoriaMetrics that is installed, with its defaults. */
final class VictoriaMetricsPeer implements Peer {

    private static final String PROGRAM = "victoria-metrics";

    private final LinuxProcess linux;
    private final String url;
    private final QueryClient client;
    private final Path data;

    /** @param cleanup closes what is started */
    VictoriaMetricsPeer(Path directory, Cleanup cleanup) throws Exception {
        Path log = Files.createDirectories(directory).resolve("log");
        int port = Programs.freePort();
        data = directory.resolve("data");
        Process process = Programs.start(log, PROGRAM, "-storageDataPath=" + data, "-httpListenAddr=127.0.0.1:" + port);
        cleanup.add(() -> Programs.stop(process));
        linux = new LinuxProcess(process.pid());
        url = "http://127.0.0.1:" + port;
        client = new QueryClient(url);
        Await.until("VictoriaMetrics takes requests", () -> isReady(process, log));
    }

    static boolean isInstalled() {
        return Programs.isInstalled(PROGRAM);
    }

    private boolean isReady(Process process, Path log) throws IOException, InterruptedException {
        if (!process.isAlive()) {
            throw new IOException(Files.readString(log));
        }
        try {
            return client.get("/health").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String name() {
        return "VictoriaMetrics";
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public double cpuSeconds() {
        return linux.cpuSeconds();
    }

    @Override
    public long memoryBytes() {
        return linux.proportionalBytes();
    }

    @Override
    public void tidy() throws IOException, InterruptedException {
        for (String step : new String[] {"/internal/force_flush", "/internal/force_merge"}) {
            int status = client.post(step).statusCode();
            if (status / 100 != 2) {
                throw new IOException(step + ": status " + status);
            }
        }
    }

    @Override
    public long storedBytes() throws IOException {
        return Peer.bytes(data);
    }
}
