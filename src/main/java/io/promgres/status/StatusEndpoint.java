package io.promgres.status;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.promgres.http.BrowserResponse;
import io.promgres.http.Endpoint;
import io.promgres.http.Problem;
import io.promgres.http.ReadOnly;
import io.promgres.http.Request;
import io.promgres.http.RequestHead;
import io.promgres.http.Response;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/** The figures of the status page as JSON, below a path: one resource for each question, and {@link #LIVE}. */
public final class StatusEndpoint implements Endpoint {

    /** The figures that need no database: to answer with them does not block. */
    public static final String LIVE = "live";

    private static final int RETRY_SECONDS = 5;

    private final String path;
    private final LiveFigures live;
    private final StatusQueryCache answers;

    /** @param path in front of the questions' names, with the slash at its end */
    public StatusEndpoint(String path, LiveFigures live, StatusQueryCache answers) {
        this.path = path;
        this.live = live;
        this.answers = answers;
    }

    @Override
    public Optional<Response> refuse(RequestHead head) {
        if (!name(head).equals(LIVE) && question(head).isEmpty()) {
            return Optional.of(problem(Problem.NOT_FOUND, "there is nothing at " + head.path()));
        }
        return ReadOnly.refuse(head, this);
    }

    @Override
    public Response problem(Problem problem, String message) {
        String json =
                "{\"error\":\"" + new String(JsonStringEncoder.getInstance().quoteAsString(message)) + "\"}";
        return BrowserResponse.protect(Response.of(
                problem.status(), "application/json; charset=utf-8", json.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void handle(Request request, Consumer<Response> answer) {
        RequestHead head = request.head();
        answer.accept(
                name(head).equals(LIVE)
                        ? BrowserResponse.of(head, live.latest())
                        : answerTo(head, question(head).orElseThrow()));
    }

    private Response answerTo(RequestHead head, StatusQuery question) {
        String argument = "";
        if (!question.parameter().isEmpty()) {
            Optional<String> given = parameter(head.query(), question.parameter());
            if (given.isEmpty()) {
                return problem(
                        Problem.MALFORMED_REQUEST,
                        head.path() + " needs the parameter \"" + question.parameter() + "\" in percent-encoded UTF-8");
            }
            argument = given.get();
        }
        return ask(head, question, argument);
    }

    private Response ask(RequestHead head, StatusQuery question, String argument) {
        try {
            return answers.get(question, argument)
                    .map(resource -> BrowserResponse.of(head, resource))
                    .orElseGet(() ->
                            problem(Problem.NOT_FOUND, "there is no " + question.path() + " \"" + argument + "\""));
        } catch (UnansweredException e) {
            return problem(Problem.UNAVAILABLE, e.getMessage()).retryAfter(RETRY_SECONDS);
        }
    }

    // Neither a label nor a metric can have a NUL, nor could PostgreSQL be asked for one.
    private static Optional<String> parameter(String query, String name) {
        for (String pair : query.split("&")) {
            if (pair.startsWith(name + "=")) {
                return decode(pair.substring(name.length() + 1)).filter(text -> text.indexOf('\0') < 0);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> decode(String text) {
        try {
            return Optional.of(URLDecoder.decode(text, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<StatusQuery> question(RequestHead head) {
        return Arrays.stream(StatusQuery.values())
                .filter(question -> question.path().equals(name(head)))
                .findFirst();
    }

    private String name(RequestHead head) {
        return head.path().substring(path.length());
    }
}
