package io.promgres.perftest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Rows for a table, as JSON that has been looked through: an array of objects.
 *
 * <p>The text itself goes to PostgreSQL, which converts each value to its column's type; so a number that is meant for a
 * text column arrives there digit by digit, and a list or an object as it was written.
 *
 * @param json an array
 * @param names that the rows have
 * @param alike whether all rows have the same names
 */
record Rows(String json, Set<String> names, boolean alike) {

    // Names are those of a few columns, or stand in a value that is not looked into: none of them is remembered.
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private static final char REPLACEMENT = '\ufffd';

    /** Of the names that rows have: some more than the columns of any table. */
    private static final int MOST_NAMES = 64;

    /**
     * @param bytes hold one object, or an array of them, in UTF-8
     * @throws ApiException if they do not
     */
    static Rows parse(byte[] bytes, int offset, int length) throws ApiException {
        String text = decode(bytes, offset, length);
        try (JsonParser json = JSON.createParser(text)) {
            Reader reader = new Reader(json);
            boolean array = reader.document();
            return new Rows(array ? text : "[" + text + "]", reader.names, reader.alike);
        } catch (JsonProcessingException e) {
            throw notJson(e.getOriginalMessage() + at(e.getLocation()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String decode(byte[] bytes, int offset, int length) throws ApiException {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        // What stands for bytes that are wrong may also be what was sent.
        return text.indexOf(REPLACEMENT) < 0 ? text : decodeStrictly(bytes, offset, length);
    }

    private static String decodeStrictly(byte[] bytes, int offset, int length) throws ApiException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw notJson("the body is not UTF-8");
        }
    }

    static ApiException notJson(String details) {
        return ApiException.unfit("22P02", "invalid input syntax for type json", details, null);
    }

    private static String at(JsonLocation location) {
        // Limits of the parser on lengths have no place.
        return location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    /** One pass over the tokens. */
    private static final class Reader {

        private final JsonParser json;
        private final Set<String> names = new LinkedHashSet<>();
        private final Set<String> ofRow = new HashSet<>();
        private boolean alike = true;
        private boolean first = true;

        Reader(JsonParser json) {
            this.json = json;
        }

        /** @return whether it is an array */
        boolean document() throws IOException, ApiException {
            boolean array = json.nextToken() == JsonToken.START_ARRAY;
            if (array) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    row();
                }
            } else {
                row();
            }
            if (json.nextToken() != null) {
                throw notJson("something follows the rows" + at(json.currentTokenLocation()));
            }
            return array;
        }

        private void row() throws IOException, ApiException {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw notJson("expected an object or an array of objects" + at(json.currentTokenLocation()));
            }
            ofRow.clear();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                column(json.currentName());
            }
            alike &= ofRow.size() == names.size();
            first = false;
        }

        private void column(String name) throws IOException, ApiException {
            if (!ofRow.add(name)) {
                throw notJson("Duplicate field '" + name + "'" + at(json.currentTokenLocation()));
            }
            alike &= !names.add(name) || first;
            if (names.size() > MOST_NAMES) {
                throw ApiException.unfit("54011", "rows have more than " + MOST_NAMES + " columns", null, null);
            }
            // An array or an object is for a text column, which stores it as it was written.
            json.nextToken();
            json.skipChildren();
        }
    }
}
