package io.promgres.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** Talks to a daemon as Prometheus does. Thread-safe. */
public final class Sender {

    /** Longer than any answer takes: a test that waits for this fails. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final String url;

    public Sender(InetSocketAddress daemon) {
        this("http://127.0.0.1:" + daemon.getPort());
    }

    /** @param url of the daemon, without a path */
    public Sender(String url) {
        this.url = url;
    }

    /** The daemon's address, without a path. */
    public String url() {
        return url;
    }

    /** Sends samples in one request. */
    public HttpResponse<String> send(TestSample... samples) throws IOException, InterruptedException {
        return send(List.of(samples));
    }

    /** Sends samples in one request. */
    public HttpResponse<String> send(List<TestSample> samples) throws IOException, InterruptedException {
        return post(WriteBody.of(samples));
    }

    /** Posts a body with the headers that Prometheus sends. */
    public HttpResponse<String> post(byte[] body) throws IOException, InterruptedException {
        return post(body, "application/x-protobuf", "snappy");
    }

    public HttpResponse<String> post(byte[] body, String type, String encoding)
            throws IOException, InterruptedException {
        return exchange(request("/api/v1/write")
                .header("Content-Type", type)
                .header("Content-Encoding", encoding)
                .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                .POST(BodyPublishers.ofByteArray(body)));
    }

    /**
     * Posts a body, which must be stored.
     *
     * @throws IOException with the answer, if it is another one
     */
    public void store(byte[] body) throws IOException, InterruptedException {
        HttpResponse<String> answer = post(body);
        if (answer.statusCode() != 204) {
            throw new IOException("status " + answer.statusCode() + ": " + answer.body());
        }
    }

    /** Posts a body as it is, with the encoding that remote write has; returns the status. */
    public int post(String path, String type, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).header("Content-Type", type);
        if (!type.equals("application/json")) {
            request.header("Content-Encoding", "snappy");
        }
        return exchange(request.POST(BodyPublishers.ofByteArray(body))).statusCode();
    }

    /**
     * Posts a snappy block of protobuf to a path.
     *
     * @param headers name, value, name, value, ...
     */
    public HttpResponse<byte[]> post(String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "snappy")
                .POST(BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    /** Posts JSON to a path. */
    public HttpResponse<String> postJson(String path, String json) throws IOException, InterruptedException {
        return exchange(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return exchange(request(path).GET());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE);
    }

    private HttpResponse<String> exchange(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
