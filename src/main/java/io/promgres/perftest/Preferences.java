package io.promgres.perftest;

import io.promgres.http.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The Prefer header (RFC 7240): what a client would like, and which of it was done. A preference that is not known here,
 * or has another value, is ignored, as the RFC asks.
 */
final class Preferences {

    private final Map<String, String> wanted = new TreeMap<>();
    private final List<String> applied = new ArrayList<>();

    /** @param header its value, empty if it is absent */
    Preferences(String header) {
        for (String preference : header.split(",")) {
            // What follows a semicolon are parameters, of which no preference here has any.
            String[] nameAndValue = preference.split(";", 2)[0].split("=", 2);
            String value = nameAndValue.length < 2 ? "" : unquoted(nameAndValue[1].strip());
            wanted.putIfAbsent(nameAndValue[0].strip().toLowerCase(Locale.ROOT), value);
        }
    }

    /** Whether a preference has this value; if so, it counts as applied. */
    boolean apply(String name, String value) {
        boolean applies = value.equals(wanted.get(name));
        if (applies) {
            applied.add(name + "=" + value);
        }
        return applies;
    }

    /** Whether rows are to be counted. They are counted exactly, also for those to whom an estimate would do. */
    boolean applyCount() {
        return apply("count", "exact") || apply("count", "planned") || apply("count", "estimated");
    }

    /** The response with the header that tells what was applied. */
    Response tell(Response response) {
        return applied.isEmpty() ? response : response.with("Preference-Applied", String.join(", ", applied));
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
