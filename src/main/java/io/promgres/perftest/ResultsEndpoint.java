package io.promgres.perftest;

import io.promgres.http.Endpoint;
import io.promgres.http.MediaType;
import io.promgres.http.Problem;
import io.promgres.http.Request;
import io.promgres.http.RequestHead;
import io.promgres.http.Response;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes the results of performance tests, and gives them back: POST of one JSON object, or of an array of them, to the name
 * of a table below a path, and GET of it. It speaks as much of PostgREST's interface as the reporter of a test driver and
 * PostgREST's clients use for that; errors are JSON objects.
 */
public final class ResultsEndpoint implements Endpoint {

    private static final String JSON = "application/json; charset=utf-8";
    private static final String METHODS = "GET, HEAD, POST";
    private static final int RETRY_SECONDS = 2;

    // Longer bodies are inserted while they arrive.
    private static final int WHOLE_BYTES = 1 << 18;
    private static final int COPIES = 8;

    // Bytes as sent, as text (two bytes for a character at worst), and as the driver encodes it.
    private static final int BYTES_FOR_EACH = 5;

    private final String path;
    private final TableNames tables;
    private final ResultStore store;
    private final ResultReader reader;
    private final int bodyLimit;

    /**
     * @param path in front of the tables' names, with the slash at its end
     * @param bodyLimit in bytes
     */
    public ResultsEndpoint(String path, TableNames tables, ResultStore store, ResultReader reader, int bodyLimit) {
        this.path = path;
        this.tables = tables;
        this.store = store;
        this.reader = reader;
        this.bodyLimit = bodyLimit;
    }

    @Override
    public Optional<Response> refuse(RequestHead head) {
        if (table(head).isEmpty()) {
            return Optional.of(problem(Problem.NOT_FOUND, "there is no table \"" + tableName(head) + "\""));
        }
        if (Wanted.of(head.header("Accept")).isEmpty()) {
            return Optional.of(problem(Problem.NOT_ACCEPTABLE, "only JSON can be answered"));
        }
        return switch (head.method()) {
            case "GET", "HEAD" -> Optional.empty();
            case "POST" -> refuseType(head.header("Content-Type"));
            default ->
                Optional.of(problem(Problem.METHOD_NOT_ALLOWED, "rows can be read and inserted here, nothing else")
                        .with("Allow", METHODS));
        };
    }

    private Optional<Response> refuseType(String type) {
        if (!isJson(type)) {
            return Optional.of(problem(
                            Problem.UNSUPPORTED_MEDIA_TYPE,
                            "Content-Type \"" + type + "\" is not supported, only application/json in UTF-8")
                    .with("Accept", "application/json"));
        }
        return Optional.empty();
    }

    @Override
    public int bodyLimit() {
        return bodyLimit;
    }

    @Override
    public int wholeUpTo() {
        return Math.min(bodyLimit, WHOLE_BYTES);
    }

    // A piece of the body as it is sorted, read, bound and sent, and what is answered, which is copied once.
    @Override
    public long streamBytesInFlight(RequestHead head) {
        boolean answered = new Preferences(head.header("Prefer")).apply("return", "representation");
        return (long) RowBatches.BYTES * COPIES + (answered ? 3L * store.mostAnswered() : 0);
    }

    @Override
    public long bytesInFlight(Request request) {
        return (long) request.length() * BYTES_FOR_EACH;
    }

    @Override
    public Response problem(Problem problem, String message) {
        return json(problem, new ApiError(sqlState(problem), message));
    }

    @Override
    public void handle(Request request, Consumer<Response> answer) {
        InputStream body = new ByteArrayInputStream(request.bytes(), request.offset(), request.length());
        handle(request.head(), body, answer);
    }

    @Override
    public void handle(RequestHead head, InputStream body, Consumer<Response> answer) {
        Response response;
        try {
            response = head.method().equals("POST") ? insert(head, body) : read(head);
        } catch (ApiException e) {
            response = answerTo(e);
        }
        answer.accept(response);
    }

    private Response read(RequestHead head) throws ApiException {
        return new ReadAnswer(reader, table(head).orElseThrow(), head, wanted(head)).answer();
    }

    private Response insert(RequestHead head, InputStream body) throws ApiException {
        InsertRequest insert = InsertRequest.of(table(head).orElseThrow(), head, wanted(head));
        return insert.answer(store.insert(insert.insert(), body));
    }

    private static Wanted wanted(RequestHead head) {
        return Wanted.of(head.header("Accept")).orElseThrow();
    }

    private static Response answerTo(ApiException e) {
        return switch (e.kind()) {
            case UNFIT -> json(Problem.MALFORMED_BODY, e.error());
            case CONFLICT -> json(Problem.CONFLICT, e.error());
            case NOT_SINGULAR -> json(Problem.NOT_ACCEPTABLE, e.error());
            case OUT_OF_RANGE -> json(Problem.RANGE_NOT_SATISFIABLE, e.error());
            case TOO_LARGE -> json(Problem.BODY_TOO_LARGE, e.error());
            case CUT_OFF -> json(Problem.BODY_TIMEOUT, e.error());
            case UNAVAILABLE -> json(Problem.UNAVAILABLE, e.error()).retryAfter(RETRY_SECONDS);
        };
    }

    private static Response json(Problem problem, ApiError error) {
        return Response.of(problem.status(), JSON, error.json());
    }

    // PostgreSQL documentation, appendix A: what PostgreSQL itself would say.
    private static String sqlState(Problem problem) {
        return switch (problem) {
            case NOT_FOUND -> "42P01";
            case METHOD_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE, NOT_ACCEPTABLE -> "0A000";
            case BODY_TOO_LARGE -> "54000";
            case UNAVAILABLE -> "57P03";
            case OVERLOADED -> "53000";
            case INTERNAL_ERROR -> "XX000";
            default -> "08P01";
        };
    }

    private static boolean isJson(String type) {
        return type.isEmpty()
                || MediaType.parse(type)
                        .filter(media -> media.type().equals("application/json"))
                        .filter(media -> media.parameters()
                                .getOrDefault("charset", "utf-8")
                                .equalsIgnoreCase("utf-8"))
                        .isPresent();
    }

    private Optional<Table> table(RequestHead head) {
        return tables.find(tableName(head));
    }

    private String tableName(RequestHead head) {
        String name = head.path().substring(path.length());
        // A reporter puts a slash of its own behind a URL that ends with one.
        return name.startsWith("/") ? name.substring(1) : name;
    }
}
