package io.promgres.query;

import io.promgres.http.Endpoint;
import io.promgres.http.Request;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.data.SampleSource;
import io.promgres.promql.engine.Engine;
import io.promgres.promql.engine.EngineOptions;
import io.promgres.promql.engine.QueryResult;
import io.promgres.remoteread.ReadScope;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/** Expressions, evaluated at a time or over a range. */
public final class QueryApi {

    /** Of a series in an answer, as Prometheus has it. */
    private static final int MOST_POINTS = 11_000;

    private final QueryDatabases databases;
    private final RunningCalls calls;
    private final Limits limits;
    private final EngineOptions options;
    private final ReadScope scope;
    private final Clock clock;

    /** @param options of the engine, unless a request asks for others */
    public QueryApi(
            QueryDatabases databases, RunningCalls calls, Limits limits, EngineOptions options, ReadScope scope) {
        this.databases = databases;
        this.calls = calls;
        this.limits = limits;
        this.options = options;
        this.scope = scope;
        this.clock = Clock.systemUTC();
    }

    /**
     * What an expression gives.
     *
     * @param samplesRead from the database
     */
    record Evaluated(QueryResult result, long samplesRead) {}

    /** Evaluates an expression on samples. */
    @FunctionalInterface
    interface Evaluation {
        QueryResult of(Engine engine, SampleSource source, BooleanSupplier isOver);
    }

    /** {@code /api/v1/query}. */
    public Endpoint instant() {
        return new ApiEndpoint(limits.timeout(), (parameters, request) -> {
            Optional<Integer> limit = parameters.limit();
            OptionalLong given = parameters.time("time");
            long time = given.orElse(clock.millis());
            String query = parameters.first("query");
            Evaluated result = evaluate(
                    parameters, request, (engine, source, isOver) -> engine.instant(query, time, source, isOver));
            return answer(parameters, result, limit, time);
        });
    }

    /** {@code /api/v1/query_range}. */
    public Endpoint range() {
        return new ApiEndpoint(limits.timeout(), (parameters, request) -> {
            Optional<Integer> limit = parameters.limit();
            long start = parameters.neededTime("start");
            long end = parameters.neededTime("end");
            checkOrder(start, end);
            long step = parameters.neededDuration("step");
            checkSteps(start, end, step, "?step=XX");
            String query = parameters.first("query");
            Evaluated result = evaluate(
                    parameters,
                    request,
                    (engine, source, isOver) -> engine.range(query, start, end, step, source, isOver));
            return answer(parameters, result, limit, end);
        });
    }

    static void checkOrder(long start, long end) throws QueryRefusedException {
        if (end < start) {
            throw QueryRefusedException.badParameter("end", "end timestamp must not be before start time");
        }
    }

    /**
     * Whether a range can be evaluated in these steps, all in milliseconds.
     *
     * @param how the client says another step
     */
    static void checkSteps(long start, long end, long step, String how) throws QueryRefusedException {
        if (step <= 0) {
            throw QueryRefusedException.badParameter(
                    "step", "zero or negative query resolution step widths are not accepted. Try a positive integer");
        }
        if ((end - start) / step > MOST_POINTS) {
            throw QueryRefusedException.badData("exceeded maximum resolution of 11,000 points per timeseries."
                    + " Try decreasing the query resolution (" + how + ")");
        }
    }

    private Evaluated evaluate(Parameters parameters, Request request, Evaluation evaluation)
            throws QueryRefusedException, SQLException {
        OptionalLong lookback = parameters.duration("lookback_delta");
        if (lookback.isPresent() && lookback.getAsLong() <= 0) {
            throw QueryRefusedException.badParameter("lookback_delta", "must be positive");
        }
        Duration timeout = parameters.timeout(limits.timeout());
        EngineOptions asked =
                options.withLookback(lookback.orElse(options.lookback())).withTimeout(timeout.toMillis());
        return calls.run(
                request,
                timeout,
                call -> databases.readTogether(
                        call, snapshots -> evaluated(snapshots, databases.tasks(), scope, asked, evaluation)));
    }

    /** Evaluates on one state of each database. */
    static Evaluated evaluated(
            List<QueryDatabase.Snapshot> snapshots,
            ParallelTasks tasks,
            ReadScope scope,
            EngineOptions options,
            Evaluation evaluation)
            throws QueryRefusedException, SQLException {
        Call call = snapshots.get(0).call();
        try {
            ShareSampleSource source = new ShareSampleSource(
                    snapshots.stream()
                            .map(snapshot -> new StoredSampleSource(snapshot, scope, options.maxSamples()))
                            .toList(),
                    tasks,
                    options.maxSamples());
            return new Evaluated(evaluation.of(new Engine(options), source, call::isOver), source.samplesRead());
        } catch (QueryException e) {
            call.check();
            throw meaning(e);
        } catch (StoredSampleSource.DatabaseFailedException e) {
            throw e.failure();
        }
    }

    private static QueryRefusedException meaning(QueryException failure) {
        String message = failure.getMessage();
        return switch (failure.type()) {
            case BAD_DATA -> QueryRefusedException.badParameter("query", message);
            case EXECUTION ->
                new QueryRefusedException(
                        ErrorType.EXECUTION, message.replace("the limit is ", "the limit promql.max-samples is "));
            case TIMEOUT -> new QueryRefusedException(ErrorType.TIMEOUT, message);
            case CANCELED -> new QueryRefusedException(ErrorType.CANCELED, message);
        };
    }

    private static Answer answer(Parameters parameters, Evaluated evaluated, Optional<Integer> limit, long time) {
        QueryResult result = evaluated.result();
        int most = limit.orElse(Integer.MAX_VALUE);
        boolean truncated = result.series().size() > most;
        List<String> warnings = new ArrayList<>(result.warnings());
        if (truncated) {
            warnings.add("results truncated due to limit");
        }
        QueryResult shown = truncated
                ? new QueryResult(
                        result.type(), result.series().subList(0, most), result.text(), warnings, result.infos())
                : result;
        long samples = parameters.first("stats").isEmpty() ? -1 : evaluated.samplesRead();
        return new Answer(json -> ResultJson.write(json, shown, time, samples), warnings, result.infos());
    }
}
