package io.promgres.query;

import io.promgres.http.Endpoint;

/** Says that no rules are evaluated here: what asks a Prometheus for them takes an empty list, and not an error. */
public final class NoRules {

    private NoRules() {}

    /**
     * {@code /api/v1/rules} and {@code /api/v1/alerts}.
     *
     * @param list its name in the answer
     */
    public static Endpoint endpoint(String list) {
        return new ApiEndpoint((parameters, request) -> Answer.of(
                json -> json.beginObject().name(list).beginArray().endArray().endObject()));
    }
}
