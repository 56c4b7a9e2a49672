package io.promgres.perftest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Why a request was not carried out, as PostgREST tells its clients.
 *
 * @param code an SQLSTATE (PostgreSQL documentation, appendix A), or one of PostgREST's codes
 * @param details may be null
 * @param hint may be null
 */
public record ApiError(String code, String message, String details, String hint) {

    private static final JsonFactory JSON = new JsonFactory();

    public ApiError(String code, String message) {
        this(code, message, null, null);
    }

    /** The error as a JSON object in UTF-8. */
    public byte[] json() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("code", code);
            json.writeStringField("message", message);
            json.writeStringField("details", details);
            json.writeStringField("hint", hint);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
