package io.promgres.access;

import io.promgres.config.YamlNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Reads http_server_config: the headers that every response gets. */
final class HttpSection {

    private static final Set<String> HEADERS = Set.of(
            "Content-Security-Policy",
            "Strict-Transport-Security",
            "X-Content-Type-Options",
            "X-Frame-Options",
            "X-XSS-Protection");

    private HttpSection() {}

    static Map<String, String> headers(YamlNode node) {
        Map<String, YamlNode> keys = node.mapping(Set.of("http2", "headers"));
        if (keys.containsKey("http2")) {
            // promgres speaks HTTP/1.1 only, which every client falls back to: either value is fine.
            WebConfigFile.bool(keys.get("http2"));
        }
        Map<String, String> headers = new LinkedHashMap<>();
        if (keys.containsKey("headers")) {
            keys.get("headers").mapping(HEADERS).forEach((name, value) -> headers.put(name, checked(value)));
        }
        return headers;
    }

    private static String checked(YamlNode value) {
        if (!value.text().matches("[\\x20-\\x7e]+")) {
            throw value.wrong("a header has printable ASCII only");
        }
        return value.text();
    }
}
