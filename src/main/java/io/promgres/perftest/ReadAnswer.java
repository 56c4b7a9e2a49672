package io.promgres.perftest;

import io.promgres.http.RequestHead;
import io.promgres.http.Response;
import io.promgres.http.Streaming;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Answers a GET or HEAD: counts the rows first, so that what is wrong is known before a byte is sent, then streams them. */
final class ReadAnswer {

    private static final int PIECE_BYTES = 1 << 16;

    private final ResultReader reader;
    private final RequestHead head;
    private final Query query;
    private final Wanted wanted;
    private final Preferences preferences;

    /** @throws ApiException a parameter cannot be read, or names a column that is not there */
    ReadAnswer(ResultReader reader, Table table, RequestHead head, Wanted wanted) throws ApiException {
        this.reader = reader;
        this.head = head;
        this.wanted = wanted;
        this.preferences = new Preferences(head.header("Prefer"));
        this.query = Query.of(table, Parameters.parse(head.query()), head.header("Range"), wanted.stripNulls());
    }

    Response answer() throws ApiException {
        boolean counted = preferences.applyCount();
        long total = reader.count(query);
        long offset = query.page().offset();
        long rows = query.page().of(total);
        if (wanted.single()) {
            AnswerBuffer.requireOne(rows);
        }
        if (counted && offset > total) {
            throw new ApiException(
                    ApiException.Kind.OUT_OF_RANGE,
                    new ApiError(
                            "PGRST103",
                            "Requested range not satisfiable",
                            "An offset of " + offset + " was requested, but there are only " + total + " rows.",
                            null));
        }
        String range = rows == 0 ? "*" : offset + "-" + (offset + rows - 1);
        int status = counted && rows < total ? 206 : 200;
        return preferences.tell(body(status, rows).with("Content-Range", range + "/" + (counted ? total : "*")));
    }

    private Response body(int status, long rows) {
        return head.method().equals("HEAD")
                ? Response.of(status, wanted.contentType(), new byte[0])
                : Response.streamed(status, wanted.contentType(), body -> stream(rows, body));
    }

    private void stream(long rows, Streaming.Body body) throws Exception {
        Pieces pieces = new Pieces(body);
        pieces.add(wanted.single() ? "" : "[");
        reader.read(query, rows, pieces::row);
        pieces.add(wanted.single() ? "" : "]");
        pieces.send();
    }

    /** Rows on their way, sent together. */
    private static final class Pieces {

        private final Streaming.Body body;
        private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
        private String separator = "";

        Pieces(Streaming.Body body) {
            this.body = body;
        }

        void row(String json) throws IOException {
            add(separator + json);
            separator = ",\n";
            if (piece.size() >= PIECE_BYTES) {
                send();
            }
        }

        void add(String text) {
            piece.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        }

        void send() throws IOException {
            body.write(piece.toByteArray());
            piece.reset();
        }
    }
}
