package io.promgres.http;

import io.promgres.access.RouteGroup;
import io.promgres.observe.Metrics;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The routing table: exact path, then method; after those, the beginnings of paths that an endpoint has for itself. A path
 * that is not in it is answered 404, another method 405 with what is allowed; HEAD is answered like GET. Built once at
 * start, immutable afterwards.
 */
public final class Routes {

    // The label of what clients made up: their own text would be an unbounded number of series.
    private static final String OTHER = "other";

    // The label of routes that take any method.
    private static final String ANY = "any";

    private final Map<String, Methods> byPath;
    private final Map<String, Route> below;
    private final Route notFound;
    private final RequestJournal journal;

    private Routes(Map<String, Methods> byPath, Map<String, Route> below, Route notFound, RequestJournal journal) {
        this.byPath = byPath;
        this.below = below;
        this.notFound = notFound;
        this.journal = journal;
    }

    /** Hears of every answer. */
    RequestJournal journal() {
        return journal;
    }

    public static Builder builder(Metrics metrics) {
        return new Builder(metrics);
    }

    /** The route of a request; for one that has none, a route that refuses it. */
    Route find(String method, String path) {
        Methods methods = byPath.get(path);
        return methods == null ? findBelow(path) : methods.byName.getOrDefault(method, methods.notAllowed);
    }

    private Route findBelow(String path) {
        for (Map.Entry<String, Route> entry : below.entrySet()) {
            if (path.startsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        return notFound;
    }

    /** The route of what is no request at all. */
    Route unrouted() {
        return notFound;
    }

    private record Methods(Map<String, Route> byName, Route notAllowed) {}

    /** Collects the routes. Not thread-safe. */
    public static final class Builder {

        private final Metrics metrics;
        private final Map<String, Map<String, Route>> table = new TreeMap<>();
        private final Map<String, Route> below = new TreeMap<>();
        private RouteGroup group = RouteGroup.READ;
        private RequestJournal journal = new RequestJournal(InstantSource.system());
        private Optional<Endpoint> otherwise = Optional.empty();
        private Function<RequestHead, Optional<String>> hint = head -> Optional.empty();

        private Builder(Metrics metrics) {
            this.metrics = metrics;
        }

        /** From here on, routes belong to this group; those before the first call belong to {@link RouteGroup#READ}. */
        public Builder group(RouteGroup next) {
            group = next;
            return this;
        }

        /** Has this journal hear of every answer, instead of one that is not looked at. */
        public Builder journal(RequestJournal wanted) {
            journal = wanted;
            return this;
        }

        /**
         * @param method in upper case; GET includes HEAD
         * @param path exactly as requested, without a query
         * @param executor runs {@link Endpoint#handle}; {@code Runnable::run} only for one that does not block
         */
        public Builder add(String method, String path, Endpoint endpoint, Executor executor) {
            put(method, path, endpoint, executor);
            if (method.equals("GET")) {
                put("HEAD", path, endpoint, executor);
            }
            return this;
        }

        /**
         * Gives an endpoint all paths that begin so and have no route of their own, whatever the method: it refuses what
         * is none of its own.
         *
         * @param beginning of the path, with the slash at its end; not the beginning of another one
         * @param executor see {@link #add}
         */
        public Builder addBelow(String beginning, Endpoint endpoint, Executor executor) {
            Route route = new Route(group, endpoint, executor, metrics.http().route(beginning, ANY));
            if (below.put(beginning, route) != null) {
                throw new IllegalArgumentException("two routes below " + beginning);
            }
            return this;
        }

        /** What an answer of 404 or 405 says besides: where that would be right which a client seems to want. */
        public Builder hint(Function<RequestHead, Optional<String>> next) {
            hint = next;
            return this;
        }

        /**
         * Has an endpoint answer every path that has no route, instead of a 404.
         *
         * @param endpoint refuses by the headers alone, see {@link Endpoint#refuse}
         */
        public Builder otherwise(Endpoint endpoint) {
            otherwise = Optional.of(endpoint);
            return this;
        }

        public Routes build() {
            Map<String, Methods> byPath = table.entrySet().stream()
                    .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> methods(e.getKey(), e.getValue())));
            return new Routes(
                    byPath, Map.copyOf(below), open(OTHER, otherwise.orElse(refusal(this::notFound))), journal);
        }

        private void put(String method, String path, Endpoint endpoint, Executor executor) {
            Route route = new Route(group, endpoint, executor, metrics.http().route(path, method));
            if (table.computeIfAbsent(path, p -> new TreeMap<>()).put(method, route) != null) {
                throw new IllegalArgumentException("two routes for " + method + " " + path);
            }
        }

        private Methods methods(String path, Map<String, Route> byName) {
            String allow = String.join(", ", byName.keySet());
            return new Methods(Map.copyOf(byName), open(path, refusal(head -> notAllowed(head, allow))));
        }

        private Response notFound(RequestHead head) {
            return Problem.NOT_FOUND.answer("there is nothing at " + head.path() + hinted(head));
        }

        private Response notAllowed(RequestHead head, String allow) {
            return Problem.METHOD_NOT_ALLOWED
                    .answer(head.path() + " does not take " + head.method() + ", only " + allow + hinted(head))
                    .with("Allow", allow);
        }

        private String hinted(RequestHead head) {
            return hint.apply(head).map(text -> "; " + text).orElse("");
        }

        private static Endpoint refusal(Refusal refusal) {
            return refusal;
        }

        // No client needs credentials: the answer says no more than the documentation.
        private Route open(String path, Endpoint endpoint) {
            return new Route(
                    RouteGroup.HEALTH, endpoint, Runnable::run, metrics.http().route(path, OTHER));
        }
    }

    /** Refuses every request. */
    private interface Refusal extends Endpoint {

        Response answer(RequestHead head);

        @Override
        default Optional<Response> refuse(RequestHead head) {
            return Optional.of(answer(head));
        }

        @Override
        default void handle(Request request, Consumer<Response> answer) {
            answer.accept(answer(request.head()));
        }
    }
}
