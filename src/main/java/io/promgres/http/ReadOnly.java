package io.promgres.http;

import java.util.Optional;

/** Refuses what is no GET or HEAD, for endpoints that have all paths below one for themselves. */
public final class ReadOnly {

    private static final String ALLOWED = "GET, HEAD";

    private ReadOnly() {}

    public static Optional<Response> refuse(RequestHead head, Endpoint endpoint) {
        if (head.method().equals("GET") || head.method().equals("HEAD")) {
            return Optional.empty();
        }
        return Optional.of(endpoint.problem(
                        Problem.METHOD_NOT_ALLOWED,
                        head.path() + " does not take " + head.method() + ", only " + ALLOWED)
                .with("Allow", ALLOWED));
    }
}
