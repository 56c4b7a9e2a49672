package io.promgres.status;

import io.promgres.http.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of the page, read once. Immutable. */
public final class WebFiles {

    /** The page itself. */
    public static final String INDEX = "index.html";

    private static final String DIRECTORY = "/web/";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "js", "text/javascript; charset=utf-8");
    // A directory of a jar cannot be listed.
    private static final List<String> NAMES = List.of(
            INDEX,
            "style.css",
            "icon.svg",
            "main.js",
            "api.js",
            "chart.js",
            "completion.js",
            "energy.js",
            "first.js",
            "format.js",
            "health.js",
            "labels.js",
            "live.js",
            "metrics.js",
            "opened.js",
            "page.js",
            "query.js",
            "sections.js",
            "senders.js",
            "series.js",
            "sql.js",
            "table.js",
            "targets.js");

    private final Map<String, Resource> byName = new HashMap<>();

    public WebFiles() {
        NAMES.forEach(name -> byName.put(name, Resource.of(type(name), read(name))));
    }

    private static String type(String name) {
        return TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    }

    private static byte[] read(String name) {
        try (InputStream in = WebFiles.class.getResourceAsStream(DIRECTORY + name)) {
            if (in == null) {
                throw new IllegalStateException("the build lacks " + DIRECTORY + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param name without a directory */
    public Optional<Resource> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
