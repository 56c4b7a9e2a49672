package io.promgres.transfer;

import java.io.IOException;
import java.util.Set;

/** An answer that is no success. */
final class HttpStatusException extends IOException {

    private static final long serialVersionUID = 1L;
    private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);

    private final int status;
    private final String text;
    private final String location;

    /** @param location where a redirection points to, or null */
    HttpStatusException(int status, String text, String location) {
        super("the answer is " + status + (text.isEmpty() ? "" : ": " + text));
        this.status = status;
        this.text = text;
        this.location = location;
    }

    int status() {
        return status;
    }

    /** The beginning of the answer's body. */
    String text() {
        return text;
    }

    /** Whether a later attempt may succeed. */
    boolean mayPass() {
        return PASSING.contains(status);
    }

    /** What a user can do about it. */
    String advice() {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> " (it is at " + location + ")";
            case 401, 403 ->
                " (user and password go into the URL, http://user:password@host, other headers into"
                        + " the file of --headers)";
            case 404, 405 -> " (is there a Prometheus, or something like it, at this URL?)";
            default -> "";
        };
    }
}
