package io.promgres.bench.peers;

import io.promgres.bench.LinuxProcess;
import io.promgres.testing.Programs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A peer that is one process. */
abstract class OtherPeer implements Peer, AutoCloseable {

    private static final long START_SECONDS = 30;
    private static final long POLL_MILLIS = 50;

    private final Process process;
    private final LinuxProcess linux;
    private final String url;

    /**
     * @param ready a path that is answered when it takes requests
     * @param log what it says
     */
    OtherPeer(Process process, int port, String ready, Path log) throws IOException, InterruptedException {
        this.process = process;
        this.linux = new LinuxProcess(process.pid());
        this.url = "http://127.0.0.1:" + port;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!isReady(ready)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                throw new IllegalStateException(Files.readString(log));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private boolean isReady(String path) throws InterruptedException {
        try {
            return send(HttpRequest.newBuilder(URI.create(url + path)).build()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns the body of the answer. */
    String post(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(url + path))
                .POST(BodyPublishers.noBody())
                .build());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(path + ": status " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
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

    /** Neither of them says how much it writes. */
    @Override
    public long logBytes() {
        return -1;
    }

    /** Bytes of all files in a directory. */
    static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }

    @Override
    public void close() throws InterruptedException {
        Programs.stop(process);
    }
}
