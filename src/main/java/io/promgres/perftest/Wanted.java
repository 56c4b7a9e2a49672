package io.promgres.perftest;

import io.promgres.http.MediaType;
import java.util.Map;
import java.util.Optional;

/**
 * The form in which a client wants rows.
 *
 * @param single one object instead of an array
 * @param stripNulls columns without a value are left out
 */
record Wanted(boolean single, boolean stripNulls) {

    private static final String OBJECT = "application/vnd.pgrst.object+json";
    private static final String ARRAY = "application/vnd.pgrst.array+json";
    private static final String JSON = "application/json";
    private static final MediaType NONE = new MediaType("", Map.of());
    private static final String UTF_8 = "; charset=utf-8";

    /**
     * @param accept the header Accept; PostgREST's own types in it come before general ones, wherever they stand
     * @return empty if it names nothing that can be answered
     */
    static Optional<Wanted> of(String accept) {
        Optional<Wanted> json = accept.isEmpty() ? Optional.of(new Wanted(false, false)) : Optional.empty();
        for (String item : accept.split(",")) {
            MediaType media = MediaType.parse(item).orElse(NONE);
            boolean stripped = "stripped".equals(media.parameters().get("nulls"));
            switch (media.type()) {
                case OBJECT, ARRAY -> {
                    return Optional.of(new Wanted(media.type().equals(OBJECT), stripped));
                }
                case JSON, "application/*", "*/*" -> json = Optional.of(new Wanted(false, false));
                default -> {}
            }
        }
        return json;
    }

    /** The Content-Type of the answer. */
    String contentType() {
        return (single ? OBJECT : JSON) + UTF_8;
    }
}
