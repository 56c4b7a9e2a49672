package io.promgres.query;

import io.promgres.http.BrowserResponse;
import io.promgres.http.Endpoint;
import io.promgres.http.Problem;
import io.promgres.http.Request;
import io.promgres.http.RequestHead;
import io.promgres.http.Response;
import io.promgres.http.Streaming;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/**
 * A resource of the query API: parameters in, JSON in Prometheus' envelope out. Everything that can go wrong is found before
 * the first byte of the answer, which is then written as fast as the client takes it.
 */
final class ApiEndpoint implements Endpoint {

    private static final String JSON = "application/json";
    private static final int BODY_LIMIT = 1 << 20;

    /** What is asked for, and by which parameters. */
    @FunctionalInterface
    interface Resource {

        /**
         * @throws QueryRefusedException says why there is none
         * @throws SQLException if the database does not answer
         */
        Answer answer(Parameters parameters, Request request) throws QueryRefusedException, SQLException;
    }

    private final Resource resource;
    private final Optional<Duration> timeout;

    ApiEndpoint(Resource resource) {
        this(resource, Optional.empty());
    }

    /** @param timeout how long a request waits for its turn, unless it asks for less */
    ApiEndpoint(Duration timeout, Resource resource) {
        this(resource, Optional.of(timeout));
    }

    private ApiEndpoint(Resource resource, Optional<Duration> timeout) {
        this.resource = resource;
        this.timeout = timeout;
    }

    @Override
    public Optional<Duration> waitsWithin(Request request) {
        return timeout.map(limit -> {
            try {
                return Parameters.of(request).timeout(limit);
            } catch (QueryRefusedException e) {
                // It is told so when its turn comes.
                return limit;
            }
        });
    }

    @Override
    public Response waitedTooLong() {
        return error(ErrorType.TIMEOUT.status(), ErrorType.TIMEOUT, "query timed out in query queue");
    }

    @Override
    public int bodyLimit() {
        return BODY_LIMIT;
    }

    @Override
    public Response problem(Problem problem, String message) {
        return error(problem.status(), problem.status() < 500 ? ErrorType.BAD_DATA : ErrorType.UNAVAILABLE, message);
    }

    @Override
    public void handle(Request request, Consumer<Response> answer) {
        answer.accept(answerTo(request));
    }

    private Response answerTo(Request request) {
        try {
            Answer answer = resource.answer(Parameters.of(request), request);
            return success(request.head(), answer);
        } catch (QueryRefusedException e) {
            return error(e.type().status(), e.type(), e.getMessage());
        } catch (SQLException e) {
            ErrorType type = ErrorType.UNAVAILABLE;
            return error(type.status(), type, "the database does not answer: " + e.getMessage())
                    .retryAfter(1);
        }
    }

    private static Response success(RequestHead head, Answer answer) {
        boolean gzip = BrowserResponse.takesGzip(head);
        Response response = Response.streamed(200, JSON, body -> {
            try (OutputStream out = gzip ? new GZIPOutputStream(new Pieces(body), Pieces.BYTES) : new Pieces(body)) {
                Json json = new Json(out);
                write(answer, json);
                json.flush();
            }
        });
        return gzip ? response.with("Content-Encoding", "gzip").with("Vary", "Accept-Encoding") : response;
    }

    private static void write(Answer answer, Json json) throws IOException {
        json.beginObject().name("status").string("success").name("data");
        answer.data().writeTo(json);
        list(json, "warnings", answer.warnings());
        list(json, "infos", answer.infos());
        json.endObject();
    }

    private static void list(Json json, String name, List<String> texts) throws IOException {
        if (!texts.isEmpty()) {
            json.name(name).beginArray();
            for (String text : texts) {
                json.string(text);
            }
            json.endArray();
        }
    }

    /** An error in Prometheus' envelope. */
    static Response error(int status, ErrorType type, String message) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            Json json = new Json(bytes);
            json.beginObject().name("status").string("error");
            json.name("errorType").string(type.word()).name("error").string(message);
            json.endObject().flush();
            return Response.of(status, JSON, bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Collects what is written into pieces of a body. */
    private static final class Pieces extends OutputStream {

        static final int BYTES = 1 << 16;

        private final Streaming.Body body;
        private final ByteArrayOutputStream piece = new ByteArrayOutputStream(BYTES);

        Pieces(Streaming.Body body) {
            this.body = body;
        }

        @Override
        public void write(int b) throws IOException {
            piece.write(b);
            sendIfFull();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            piece.write(bytes, offset, length);
            sendIfFull();
        }

        private void sendIfFull() throws IOException {
            if (piece.size() >= BYTES) {
                send();
            }
        }

        private void send() throws IOException {
            body.write(piece.toByteArray());
            piece.reset();
        }

        @Override
        public void close() throws IOException {
            send();
        }
    }
}
