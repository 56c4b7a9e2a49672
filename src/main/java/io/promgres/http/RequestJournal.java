package io.promgres.http;

import io.promgres.access.RouteGroup;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of the requests of senders, in memory: the first write that was taken, and the last refusals, one entry for a
 * client, path and status. Requests that only read are left out. It holds some 32 KiB at most. Thread-safe.
 */
public final class RequestJournal {

    private static final int MOST_ENTRIES = 32;
    private static final int LONGEST_PATH = 120;
    private static final int LONGEST_REASON = 500;
    private static final int FIRST_ERROR = 400;

    /**
     * @param client its address
     * @param reason the first line of the last answer
     * @param count how many requests were refused so
     * @param lastMillis time of the last one, in milliseconds since the epoch
     */
    public record Refusal(
            String client, String method, String path, int status, String reason, long count, long lastMillis) {}

    /**
     * @param client its address
     * @param millis since the epoch
     */
    public record Write(String client, long millis) {}

    private record Key(String client, String method, String path, int status) {}

    private final InstantSource clock;
    private final Map<Key, Refusal> refusals = new LinkedHashMap<>();
    private volatile Write firstWrite;

    public RequestJournal(InstantSource clock) {
        this.clock = clock;
    }

    /** A request is answered. */
    void answered(SocketAddress client, RouteGroup group, RequestHead head, Response response) {
        boolean refused = response.status() >= FIRST_ERROR;
        if (!refused && group == RouteGroup.WRITE && firstWrite == null) {
            firstWrite = new Write(ClientAddress.of(client), clock.millis());
        } else if (refused && group != RouteGroup.READ && !isReading(head.method())) {
            note(
                    new Key(ClientAddress.of(client), head.method(), cut(head.path(), LONGEST_PATH), response.status()),
                    response);
        }
    }

    private synchronized void note(Key key, Response response) {
        Refusal before = refusals.remove(key);
        long count = before == null ? 1 : before.count() + 1;
        refusals.put(
                key,
                new Refusal(key.client, key.method, key.path, key.status, reason(response), count, clock.millis()));
        if (refusals.size() > MOST_ENTRIES) {
            refusals.remove(refusals.keySet().iterator().next());
        }
    }

    private static boolean isReading(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }

    private static String reason(Response response) {
        String text = new String(response.body(), StandardCharsets.UTF_8);
        return cut(text.lines().findFirst().orElse(""), LONGEST_REASON);
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "...";
    }

    /** The first write that was taken since the start. */
    public Optional<Write> firstWrite() {
        return Optional.ofNullable(firstWrite);
    }

    /** Refusals since the start, the last one first. */
    public synchronized List<Refusal> refusals() {
        List<Refusal> all = new ArrayList<>(refusals.values());
        Collections.reverse(all);
        return all;
    }
}
