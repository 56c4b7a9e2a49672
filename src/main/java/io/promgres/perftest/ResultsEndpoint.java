package io.promgres.perftest;

import io.promgres.http.Endpoint;
import io.promgres.http.MediaType;
import io.promgres.http.Problem;
import io.promgres.http.Request;
import io.promgres.http.RequestHead;
import io.promgres.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes the results of performance tests: POST of one JSON object, or of an array of them, to the name of a table below
 * a path. It speaks as much of PostgREST's interface as the reporter of a test driver uses; errors are JSON objects.
 */
public final class ResultsEndpoint implements Endpoint {

    private static final String JSON = "application/json; charset=utf-8";
    private static final String METHOD = "POST";
    private static final int RETRY_SECONDS = 2;

    /** What a byte of a body takes: as sent, as text (two bytes for a character at worst), and as the driver encodes it. */
    public static final int BYTES_FOR_EACH = 5;

    private final String path;
    private final TableNames tables;
    private final ResultStore store;
    private final int bodyLimit;

    /**
     * @param path in front of the tables' names, with the slash at its end
     * @param bodyLimit in bytes
     */
    public ResultsEndpoint(String path, TableNames tables, ResultStore store, int bodyLimit) {
        this.path = path;
        this.tables = tables;
        this.store = store;
        this.bodyLimit = bodyLimit;
    }

    @Override
    public Optional<Response> refuse(RequestHead head) {
        if (table(head).isEmpty()) {
            return Optional.of(problem(Problem.NOT_FOUND, "there is no table \"" + tableName(head) + "\""));
        }
        if (!head.method().equals(METHOD)) {
            return Optional.of(problem(Problem.METHOD_NOT_ALLOWED, "rows can be inserted here, nothing else")
                    .with("Allow", METHOD));
        }
        String type = head.header("Content-Type");
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
    public long bytesInFlight(Request request) {
        return (long) request.length() * BYTES_FOR_EACH;
    }

    @Override
    public Response problem(Problem problem, String message) {
        return json(problem, new InsertError(sqlState(problem), message));
    }

    @Override
    public void handle(Request request, Consumer<Response> answer) {
        Preferences preferences = new Preferences(request.head().header("Prefer"));
        Options options = new Options(
                preferences.apply("resolution", "ignore-duplicates"), preferences.apply("return", "representation"));
        preferences.apply("return", "minimal");
        Response response;
        try {
            Optional<String> rows = store.insert(
                    table(request.head()).orElseThrow(), request.bytes(), request.offset(), request.length(), options);
            response = preferences.tell(created(rows));
        } catch (InsertException e) {
            response = answerTo(e);
        }
        answer.accept(response);
    }

    private static Response created(Optional<String> rows) {
        return rows.map(json -> Response.of(201, JSON, json.getBytes(StandardCharsets.UTF_8)))
                .orElseGet(() -> Response.empty(201));
    }

    private static Response answerTo(InsertException e) {
        return switch (e.kind()) {
            case UNFIT -> json(Problem.MALFORMED_BODY, e.error());
            case CONFLICT -> json(Problem.CONFLICT, e.error());
            case UNAVAILABLE -> json(Problem.UNAVAILABLE, e.error()).retryAfter(RETRY_SECONDS);
        };
    }

    private static Response json(Problem problem, InsertError error) {
        return Response.of(problem.status(), JSON, error.json());
    }

    // PostgreSQL documentation, appendix A: what PostgreSQL itself would say.
    private static String sqlState(Problem problem) {
        return switch (problem) {
            case NOT_FOUND -> "42P01";
            case METHOD_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE -> "0A000";
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
