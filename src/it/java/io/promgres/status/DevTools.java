package io.promgres.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** A connection to one page of a Chromium by its DevTools protocol: commands with their results, and events. */
final class DevTools implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_SECONDS = 60;

    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger commands = new AtomicInteger();
    private final BiConsumer<String, JsonNode> events;
    private final WebSocket socket;

    /**
     * @param url of the page's WebSocket
     * @param events gets the name and the parameters of each, on a thread of the connection
     */
    DevTools(HttpClient client, URI url, BiConsumer<String, JsonNode> events) {
        this.events = events;
        this.socket =
                client.newWebSocketBuilder().buildAsync(url, new Receiver()).join();
    }

    /** Sends a command and returns its result; fails if the browser refuses it. */
    JsonNode command(String method, Object... parameters) throws Exception {
        ObjectNode message = JSON.createObjectNode();
        int id = commands.incrementAndGet();
        message.put("id", id).put("method", method);
        ObjectNode named = message.putObject("params");
        for (int i = 0; i < parameters.length; i += 2) {
            named.set((String) parameters[i], JSON.valueToTree(parameters[i + 1]));
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        socket.sendText(message.toString(), true).join();
        JsonNode result = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (result.has("error")) {
            throw new AssertionError(method + ": " + result.get("error"));
        }
        return result.get("result");
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Receiver implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                receive(text.toString());
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            waiting.values().forEach(answer -> answer.completeExceptionally(error));
        }
    }

    private void receive(String text) {
        try {
            JsonNode message = JSON.readTree(text);
            if (message.has("id")) {
                waiting.remove(message.get("id").asInt()).complete(message);
            } else {
                events.accept(message.get("method").asText(), message.get("params"));
            }
        } catch (IOException e) {
            throw new IllegalStateException(text, e);
        }
    }
}
