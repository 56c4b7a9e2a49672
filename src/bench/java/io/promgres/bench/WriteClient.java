package io.promgres.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** Sends remote write 1.0 requests to a daemon. Thread-safe. */
final class WriteClient {

    private static final int STORED = 204;

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI write;

    /** @param port of the daemon, on the loopback */
    WriteClient(int port) {
        this.write = URI.create("http://127.0.0.1:" + port + "/api/v1/write");
    }

    /**
     * Sends a request and waits for the answer.
     *
     * @param body compressed
     * @throws IOException if the daemon answers that it did not store it
     */
    void send(byte[] body) throws IOException, InterruptedException {
        int status = client.send(
                        HttpRequest.newBuilder(write)
                                .header("Content-Type", "application/x-protobuf")
                                .header("Content-Encoding", "snappy")
                                .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                                .POST(BodyPublishers.ofByteArray(body))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
        if (status != STORED) {
            throw new IOException("status " + status);
        }
    }
}
