package io.promgres.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP server of a test: gives the answers that the test wants, or passes requests on to another server. */
public final class StubServer implements AutoCloseable {

    /** What becomes of a request. */
    public interface Keeper {
        void answer(Visit visit) throws IOException, InterruptedException;
    }

    private final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();

    public StubServer(Keeper keeper) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                Visit visit = new Visit(exchange);
                headers.add(exchange.getRequestHeaders());
                keeper.answer(visit);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    /** Such as http://127.0.0.1:9090. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The headers of each request. */
    public List<Map<String, List<String>>> headers() {
        return headers;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** One request. To return without an answer closes its connection. */
    public final class Visit {
        private final HttpExchange exchange;
        private final byte[] body;

        private Visit(HttpExchange exchange) throws IOException {
            this.exchange = exchange;
            body = exchange.getRequestBody().readAllBytes();
        }

        public void answer(int status, String contentType, String text) throws IOException {
            answer(status, contentType, text.getBytes(StandardCharsets.UTF_8));
        }

        public void answer(int status, String contentType, byte[] answer) throws IOException {
            exchange.getResponseHeaders().set("Content-Type", contentType);
            exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        }

        /** What was sent. */
        public byte[] body() {
            return body;
        }

        /** Has another server answer. */
        public void passOn(String url) throws IOException, InterruptedException {
            HttpResponse<byte[]> answer = ask(url);
            answer(
                    answer.statusCode(),
                    answer.headers().firstValue("Content-Type").orElse("text/plain"),
                    answer.body());
        }

        /** What another server answers; nothing is answered here. */
        public HttpResponse<byte[]> ask(String url) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + exchange.getRequestURI()))
                    .header("Content-Type", exchange.getRequestHeaders().getFirst("Content-Type"))
                    .header("Content-Encoding", "snappy")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        }
    }
}
