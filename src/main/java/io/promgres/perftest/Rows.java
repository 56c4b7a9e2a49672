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
import java.util.Set;

/**
 * Rows for a table, as JSON that has been looked through: an array of objects with columns of the table as names.
 *
 * <p>The text itself goes to PostgreSQL, which converts each value to its column's type; so a number that is meant for a
 * text column arrives there digit by digit.
 *
 * @param json an array
 * @param withId whether a row brings a value for {@link Table#ID}
 */
record Rows(String json, boolean withId) {

    // Names are those of a few columns, or stand in a value that is not looked into: none of them is remembered.
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private static final char REPLACEMENT = '\ufffd';

    /** Of a request. */
    private static final int MOST_ROWS = 1 << 17;

    /**
     * @param bytes hold one object, or an array of them, in UTF-8
     * @throws InsertException if they do not, or if a name or value is none for this table
     */
    static Rows parse(Table table, byte[] bytes, int offset, int length) throws InsertException {
        String text = decode(bytes, offset, length);
        try (JsonParser json = JSON.createParser(text)) {
            Reader reader = new Reader(table, json);
            boolean array = reader.document();
            return new Rows(array ? text : "[" + text + "]", reader.withId);
        } catch (JsonProcessingException e) {
            throw notJson(e.getOriginalMessage() + at(e.getLocation()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String decode(byte[] bytes, int offset, int length) throws InsertException {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        // What stands for bytes that are wrong may also be what was sent.
        return text.indexOf(REPLACEMENT) < 0 ? text : decodeStrictly(bytes, offset, length);
    }

    private static String decodeStrictly(byte[] bytes, int offset, int length) throws InsertException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw notJson("the body is not UTF-8");
        }
    }

    private static InsertException notJson(String details) {
        return unfit(new InsertError("22P02", "invalid input syntax for type json", details, null));
    }

    private static InsertException unfit(InsertError error) {
        return new InsertException(InsertException.Kind.UNFIT, error);
    }

    private static String at(JsonLocation location) {
        // Limits of the parser on lengths have no place.
        return location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    /** One pass over the tokens. */
    private static final class Reader {

        private final Table table;
        private final JsonParser json;
        private final Set<String> columns = new HashSet<>();
        private boolean withId;
        private int rows;

        Reader(Table table, JsonParser json) {
            this.table = table;
            this.json = json;
        }

        /** @return whether it is an array */
        boolean document() throws IOException, InsertException {
            JsonToken first = json.nextToken();
            boolean array = first == JsonToken.START_ARRAY;
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

        private void row() throws IOException, InsertException {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw notJson("expected an object or an array of objects" + at(json.currentTokenLocation()));
            }
            if (++rows > MOST_ROWS) {
                throw unfit(new InsertError("54000", "more than " + MOST_ROWS + " rows in a request"));
            }
            columns.clear();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                column(json.currentName());
            }
        }

        private void column(String name) throws IOException, InsertException {
            if (!table.columns().contains(name)) {
                throw unfit(new InsertError(
                        "42703",
                        "column \"" + name + "\" of relation \"" + table.qualifiedName() + "\" does not exist",
                        null,
                        "The columns are " + String.join(", ", table.columns()) + "."));
            }
            if (!columns.add(name)) {
                throw notJson("Duplicate field '" + name + "'" + at(json.currentTokenLocation()));
            }
            withId |= name.equals(Table.ID);
            // An array or an object is for a text column, which stores it as it was written.
            json.nextToken();
            json.skipChildren();
        }
    }
}
