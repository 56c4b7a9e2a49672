package io.promgres.query;

import io.promgres.http.Endpoint;
import io.promgres.http.Request;
import io.promgres.promql.Engine;
import io.promgres.promql.QueryException;
import io.promgres.promql.Result;
import io.promgres.promql.SampleSource;
import io.promgres.remoteread.ReadScope;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Expressions, evaluated at a time or over a range. */
public final class QueryApi {

    /** Of a series in an answer, as Prometheus has it. */
    private static final int MOST_POINTS = 11_000;

    private final QueryDatabase database;
    private final RunningCalls calls;
    private final Limits limits;
    private final Engine.Options options;
    private final ReadScope scope;
    private final Clock clock;

    /** @param options of the engine, unless a request asks for others */
    public QueryApi(
            QueryDatabase database, RunningCalls calls, Limits limits, Engine.Options options, ReadScope scope) {
        this.database = database;
        this.calls = calls;
        this.limits = limits;
        this.options = options;
        this.scope = scope;
        this.clock = Clock.systemUTC();
    }

    /** Evaluates an expression on samples. */
    @FunctionalInterface
    private interface Evaluation {
        Result of(Engine engine, SampleSource source) throws QueryException;
    }

    /** {@code /api/v1/query}. */
    public Endpoint instant() {
        return new ApiEndpoint((parameters, request) -> {
            Optional<Integer> limit = parameters.limit();
            OptionalLong given = parameters.time("time");
            long time = given.orElse(clock.millis());
            String query = parameters.first("query");
            Result result = evaluate(parameters, request, (engine, source) -> engine.instant(query, time, source));
            return answer(parameters, result, limit, time);
        });
    }

    /** {@code /api/v1/query_range}. */
    public Endpoint range() {
        return new ApiEndpoint((parameters, request) -> {
            Optional<Integer> limit = parameters.limit();
            long start = parameters.neededTime("start");
            long end = parameters.neededTime("end");
            if (end < start) {
                throw QueryRefusedException.badParameter("end", "end timestamp must not be before start time");
            }
            long step = parameters.neededDuration("step");
            if (step <= 0) {
                throw QueryRefusedException.badParameter(
                        "step",
                        "zero or negative query resolution step widths are not accepted. Try a positive integer");
            }
            if ((end - start) / step > MOST_POINTS) {
                throw QueryRefusedException.badData("exceeded maximum resolution of 11,000 points per timeseries."
                        + " Try decreasing the query resolution (?step=XX)");
            }
            String query = parameters.first("query");
            Result result =
                    evaluate(parameters, request, (engine, source) -> engine.range(query, start, end, step, source));
            return answer(parameters, result, limit, end);
        });
    }

    private Result evaluate(Parameters parameters, Request request, Evaluation evaluation)
            throws QueryRefusedException, SQLException {
        OptionalLong lookback = parameters.duration("lookback_delta");
        if (lookback.isPresent() && lookback.getAsLong() <= 0) {
            throw QueryRefusedException.badParameter("lookback_delta", "must be positive");
        }
        Duration timeout = limits.timeout();
        OptionalLong wanted = parameters.duration("timeout");
        if (wanted.isPresent() && wanted.getAsLong() < timeout.toMillis()) {
            timeout = Duration.ofMillis(Math.max(0, wanted.getAsLong()));
        }
        Engine engine = new Engine(options.withLookback(lookback.orElse(options.lookbackMillis())));
        return calls.run(
                request,
                timeout,
                call -> database.read(call, snapshot -> {
                    try {
                        return evaluation.of(engine, new StoredSampleSource(snapshot, scope));
                    } catch (QueryException e) {
                        throw meaning(e);
                    } catch (StoredSampleSource.DatabaseFailedException e) {
                        throw e.failure();
                    }
                }));
    }

    private static QueryRefusedException meaning(QueryException failure) {
        String message = failure.getMessage();
        return switch (failure.kind()) {
            case PARSE -> QueryRefusedException.badParameter("query", message);
            case EXECUTION ->
                new QueryRefusedException(
                        ErrorType.EXECUTION,
                        message.contains("too many samples") ? message + "; the limit is promql.max-samples" : message);
            case TIMEOUT -> new QueryRefusedException(ErrorType.TIMEOUT, message);
            case CANCELED -> new QueryRefusedException(ErrorType.CANCELED, message);
        };
    }

    private static Answer answer(Parameters parameters, Result result, Optional<Integer> limit, long time) {
        int most = limit.orElse(Integer.MAX_VALUE);
        boolean truncated = result.series().size() > most;
        List<String> warnings = new ArrayList<>(result.warnings());
        if (truncated) {
            warnings.add("results truncated due to limit");
        }
        Result shown = truncated
                ? new Result(
                        result.type(),
                        result.text(),
                        result.series().subList(0, most),
                        warnings,
                        result.infos(),
                        result.samplesRead())
                : result;
        boolean stats = !parameters.first("stats").isEmpty();
        return new Answer(json -> ResultJson.write(json, shown, time, stats), warnings, result.infos());
    }
}
