package io.promgres.query;

import io.promgres.http.Endpoint;

/** Says which Prometheus its clients may take this for, and what it is. */
public final class BuildInfo {

    /** The release whose PromQL and HTTP API these are; clients ask for it before they use what older ones lack. */
    static final String PROMETHEUS = "3.14.0";

    private BuildInfo() {}

    /**
     * {@code /api/v1/status/buildinfo}.
     *
     * @param version of promgres
     */
    public static Endpoint endpoint(String version) {
        return new ApiEndpoint((parameters, request) -> Answer.of(json -> {
            json.beginObject();
            json.name("version").string(PROMETHEUS);
            json.name("revision").string("promgres-" + version);
            json.name("branch").string("promgres");
            json.name("buildUser").string("");
            json.name("buildDate").string("");
            json.name("goVersion").string("");
            json.endObject();
        }));
    }
}
