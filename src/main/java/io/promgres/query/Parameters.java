package io.promgres.query;

import io.promgres.http.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The parameters of a request: those of a form in its body, then those of its query. Immutable. */
final class Parameters {

    private static final String FORM = "application/x-www-form-urlencoded";

    private final Map<String, List<String>> values = new HashMap<>();

    private Parameters() {}

    static Parameters of(Request request) throws QueryRefusedException {
        Parameters parameters = new Parameters();
        String type = request.head().header("Content-Type");
        if (type.regionMatches(true, 0, FORM, 0, FORM.length())) {
            parameters.add(
                    new String(request.bytes(), request.offset(), request.length(), StandardCharsets.ISO_8859_1));
        }
        parameters.add(request.head().query());
        return parameters;
    }

    private void add(String text) throws QueryRefusedException {
        for (String pair : text.split("&")) {
            int mark = pair.indexOf('=');
            String name = mark < 0 ? pair : pair.substring(0, mark);
            if (!pair.isEmpty()) {
                values.computeIfAbsent(decode(name), key -> new ArrayList<>())
                        .add(mark < 0 ? "" : decode(pair.substring(mark + 1)));
            }
        }
    }

    private static String decode(String text) throws QueryRefusedException {
        try {
            String decoded = URLDecoder.decode(text, StandardCharsets.UTF_8);
            if (decoded.indexOf('\0') >= 0) {
                throw QueryRefusedException.badData("error parsing form values: a parameter has a NUL");
            }
            return decoded;
        } catch (IllegalArgumentException e) {
            throw QueryRefusedException.badData("error parsing form values: invalid URL escape in \"" + text + "\"");
        }
    }

    /** All values of a parameter. */
    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** The first value of a parameter; the empty text if there is none. */
    String first(String name) {
        List<String> all = all(name);
        return all.isEmpty() ? "" : all.get(0);
    }

    /** Milliseconds since the epoch; absent if the parameter is. */
    OptionalLong time(String name) throws QueryRefusedException {
        String text = first(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(TimeText.time(text)
                .orElseThrow(() -> QueryRefusedException.badParameter(
                        name, "cannot parse \"" + text + "\" to a valid timestamp")));
    }

    /** Milliseconds since the epoch; a parameter that is absent is as wrong as one that is no time. */
    long neededTime(String name) throws QueryRefusedException {
        return time(name)
                .orElseThrow(() -> QueryRefusedException.badParameter(name, "cannot parse \"\" to a valid timestamp"));
    }

    /** Milliseconds; absent if the parameter is. */
    OptionalLong duration(String name) throws QueryRefusedException {
        String text = first(name);
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(neededDuration(name));
    }

    /** Milliseconds. */
    long neededDuration(String name) throws QueryRefusedException {
        String text = first(name);
        return TimeText.duration(text)
                .orElseThrow(() ->
                        QueryRefusedException.badParameter(name, "cannot parse \"" + text + "\" to a valid duration"));
    }

    /** The parameter {@code timeout}, or the limit where it is absent or asks for more. */
    Duration timeout(Duration limit) throws QueryRefusedException {
        OptionalLong wanted = duration("timeout");
        return wanted.isPresent() && wanted.getAsLong() < limit.toMillis()
                ? Duration.ofMillis(Math.max(0, wanted.getAsLong()))
                : limit;
    }

    /** How many results are wanted at most; absent for all. */
    Optional<Integer> limit() throws QueryRefusedException {
        String text = first("limit");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!text.matches("[+-]?\\d{1,18}")) {
            throw QueryRefusedException.badParameter("limit", "strconv.Atoi: parsing \"" + text + "\": invalid syntax");
        }
        long limit = Long.parseLong(text);
        if (limit < 0) {
            throw QueryRefusedException.badParameter("limit", "limit must be non-negative");
        }
        return limit == 0 ? Optional.empty() : Optional.of((int) Math.min(Integer.MAX_VALUE - 1, limit));
    }
}
