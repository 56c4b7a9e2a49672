package io.promgres.daemon;

import io.promgres.http.Endpoint;
import io.promgres.http.Problem;
import io.promgres.http.Request;
import io.promgres.http.Response;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Says whether something is well: 200, or 503 with the reason. */
public final class HealthEndpoint implements Endpoint {

    private final String well;
    private final Supplier<Optional<String>> check;

    private HealthEndpoint(String well, Supplier<Optional<String>> check) {
        this.well = well;
        this.check = check;
    }

    /**
     * Well unless only a restart helps.
     *
     * @param check the reason why not, or empty; must not block
     */
    public static HealthEndpoint alive(Supplier<Optional<String>> check) {
        return new HealthEndpoint("promgres is healthy", check);
    }

    /**
     * Well if a write would succeed.
     *
     * @param check the reason why not, or empty; may block, on the route's executor
     */
    public static HealthEndpoint ready(Supplier<Optional<String>> check) {
        return new HealthEndpoint("promgres is ready", check);
    }

    @Override
    public void handle(Request request, Consumer<Response> answer) {
        answer.accept(check.get().map(Problem.UNAVAILABLE::answer).orElseGet(() -> Response.text(200, well)));
    }
}
