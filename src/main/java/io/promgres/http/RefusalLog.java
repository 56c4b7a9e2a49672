package io.promgres.http;

import io.promgres.access.RouteGroup;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Logs what is refused of what clients send, which otherwise the sender alone knows: a line for a client, path and status with
 * the reason, then at most one a minute with their number. Thread-safe.
 *
 * <p>Queries that are wrong are not in it: a person who asks them reads the answer.
 */
final class RefusalLog {

    /** How many kinds are told apart within a minute; of others nothing is logged. */
    static final int KINDS = 64;

    private static final long INTERVAL = Duration.ofMinutes(1).toNanos();
    private static final int LONGEST = 200;
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;
    // Credentials that are wrong, rights that are missing, names of strange hosts.
    private static final Set<Integer> OF_EVERY_REQUEST = Set.of(401, 403, 421);

    private final Logger log;
    private final LongSupplier nanoTime;
    // The one that was logged first is the first.
    private final Map<Kind, Logged> kinds = new LinkedHashMap<>();

    private record Kind(String client, String path, int status) {}

    private static final class Logged {
        private long at;
        private long since;
    }

    RefusalLog(Logger log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
    }

    /** A request has got its answer. */
    void answered(Exchange exchange, Response response, SocketAddress client) {
        if (isRefusal(exchange, response.status())) {
            // Such as TLS of a client whose URL begins with https.
            String path = exchange.isDecoded() ? shown(exchange.head().path()) : "that are no request";
            String method = exchange.isDecoded() ? exchange.head().method() : "bytes";
            refused(new Kind(ClientAddress.of(client), path, response.status()), method, response);
        }
    }

    private static boolean isRefusal(Exchange exchange, int status) {
        if (status < CLIENT_ERROR || status >= SERVER_ERROR) {
            return false;
        }
        if (!exchange.isDecoded()) {
            return true;
        }
        RouteGroup group = exchange.route().group();
        // What has no route is in the group that needs no credentials.
        boolean sends = group == RouteGroup.WRITE
                || group == RouteGroup.HEALTH && exchange.head().method().equals("POST");
        return sends || OF_EVERY_REQUEST.contains(status);
    }

    private synchronized void refused(Kind kind, String method, Response response) {
        long now = nanoTime.getAsLong();
        Logged logged = kinds.get(kind);
        if (logged != null && now - logged.at < INTERVAL) {
            logged.since++;
            return;
        }
        if (logged == null && !hasRoom(now)) {
            return;
        }
        String more =
                logged == null || logged.since == 0 ? "" : " (and " + logged.since + " times since the last report)";
        log.warn(
                "refused: {} {} of {}{}: {} {}",
                shown(method),
                kind.path(),
                kind.client(),
                more,
                kind.status(),
                shown(new String(response.body(), StandardCharsets.UTF_8).strip()));
        kinds.remove(kind);
        Logged fresh = new Logged();
        fresh.at = now;
        kinds.put(kind, fresh);
    }

    private boolean hasRoom(long now) {
        if (kinds.size() < KINDS) {
            return true;
        }
        Map.Entry<Kind, Logged> first = kinds.entrySet().iterator().next();
        if (now - first.getValue().at < INTERVAL) {
            return false;
        }
        kinds.remove(first.getKey());
        return true;
    }

    /** One line, and no escape sequences of a terminal, whatever a client sends. */
    private static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
