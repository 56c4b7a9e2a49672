package io.promgres.query;

import java.io.IOException;
import java.util.List;

/**
 * What a request of the API gets.
 *
 * @param data writes what stands at {@code data}
 * @param warnings about what may be wrong with it
 * @param infos about what may be wrong with the expression
 */
record Answer(Data data, List<String> warnings, List<String> infos) {

    /** Writes one JSON value. */
    @FunctionalInterface
    interface Data {
        void writeTo(Json json) throws IOException;
    }

    static Answer of(Data data) {
        return new Answer(data, List.of(), List.of());
    }
}
