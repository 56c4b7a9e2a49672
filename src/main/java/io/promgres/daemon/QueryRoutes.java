package io.promgres.daemon;

import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import io.promgres.config.Promql;
import io.promgres.http.Endpoint;
import io.promgres.http.Routes;
import io.promgres.observe.Metrics;
import io.promgres.promql.engine.EngineOptions;
import io.promgres.query.BuildInfo;
import io.promgres.query.CatalogApi;
import io.promgres.query.ExemplarApi;
import io.promgres.query.ExpressionApi;
import io.promgres.query.Federation;
import io.promgres.query.Limits;
import io.promgres.query.NoRules;
import io.promgres.query.QueryApi;
import io.promgres.query.QueryDatabase;
import io.promgres.query.QueryDatabases;
import io.promgres.query.RunningCalls;
import io.promgres.remoteread.ReadScope;
import io.promgres.schedule.Scheduler;
import io.promgres.store.Database;
import io.promgres.store.ReadPool;
import io.promgres.tiers.KnownVectors;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** The routes of Prometheus' query API. */
final class QueryRoutes {

    private static final String API = "/api/v1/";
    private static final long LEAST_VECTOR_BYTES = 4 << 20;
    private static final int VECTOR_SHARE = 32;

    private final SenderPolicy senders;
    // A request wakes it.
    private static final Duration WATCH_AT_REST = Duration.ofHours(1);

    private final QueryDatabases databases;
    private final RunningCalls calls = new RunningCalls();
    private final Limits limits;
    private final EngineOptions options;
    private final Executor executor;

    QueryRoutes(Config config, Metrics metrics, Database database, SenderPolicy senders, Lifecycle parts) {
        this.senders = senders;
        Promql promql = config.promql();
        limits = new Limits(promql.timeout(), promql.lookbackDelta(), promql.maxSamples());
        options = EngineSettings.of(promql);
        long vectorBytes = Math.max(LEAST_VECTOR_BYTES, Runtime.getRuntime().maxMemory() / VECTOR_SHARE);
        int mostSeries = config.remoteRead().maxSeries();
        List<QueryDatabase> all = new ArrayList<>();
        all.add(new QueryDatabase(
                database.background(), database::discard, mostSeries, new KnownVectors(vectorBytes), vectorBytes));
        for (DatabaseUri share : promql.shares().list()) {
            String name = "share-" + all.size();
            ReadPool pool = parts.add(name, new ReadPool(name, share, promql.maxConcurrency(), metrics.registry()));
            all.add(new QueryDatabase(
                    pool.connections(),
                    pool::discard,
                    mostSeries,
                    new KnownVectors(LEAST_VECTOR_BYTES),
                    LEAST_VECTOR_BYTES));
        }
        databases = new QueryDatabases(all, threads(promql, parts));
        executor = parts.threads("promgres-query", promql.maxConcurrency());
        calls.watchedBy(parts.add("query watch", new Scheduler("promgres-query-watch", metrics))
                .every(RunningCalls.INTERVAL, WATCH_AT_REST, "query watch", calls::endWhatIsOver));
    }

    /** So many that no query waits for one. */
    private static Executor threads(Promql promql, Lifecycle parts) {
        int shares = promql.shares().list().size();
        return shares == 0 ? Runnable::run : parts.threads("promgres-share", shares * promql.maxConcurrency());
    }

    /** @param routes at the group of readers */
    void addTo(Routes.Builder routes) {
        Endpoint federation = ofScope(scope -> new Federation(databases, calls, limits, scope, Clock.systemUTC()));
        both(routes, "query", ofScope(scope -> queries(scope).instant()));
        both(routes, "query_range", ofScope(scope -> queries(scope).range()));
        both(
                routes,
                "query_exemplars",
                ofScope(scope ->
                        new ExemplarApi(databases, calls, limits.timeout(), options.parser(), scope).endpoint()));
        ExpressionApi expressions = new ExpressionApi(options.parser());
        both(routes, "format_query", expressions.format());
        both(routes, "parse_query", expressions.tree());
        both(routes, "translate", expressions.sql(options.lookback(), Clock.systemUTC()));
        both(routes, "series", ofCatalog(CatalogApi::series));
        both(routes, "labels", ofCatalog(CatalogApi::labels));
        routes.addBelow(CatalogApi.LABEL_PATH, ofCatalog(CatalogApi::labelValues), executor)
                .add("GET", API + "metadata", ofCatalog(CatalogApi::metadata), executor)
                .add("GET", API + "status/buildinfo", BuildInfo.endpoint(Version.current()), Runnable::run)
                .add("GET", API + "rules", NoRules.endpoint("groups"), Runnable::run)
                .add("GET", API + "alerts", NoRules.endpoint("alerts"), Runnable::run)
                .add("GET", "/federate", federation, executor);
    }

    private void both(Routes.Builder routes, String name, Endpoint endpoint) {
        routes.add("GET", API + name, endpoint, executor).add("POST", API + name, endpoint, executor);
    }

    private Endpoint ofCatalog(Function<CatalogApi, Endpoint> resource) {
        return ofScope(scope -> resource.apply(new CatalogApi(databases, calls, limits.timeout(), scope)));
    }

    private QueryApi queries(ReadScope scope) {
        return new QueryApi(databases, calls, limits, options, scope);
    }

    private Endpoint ofScope(Function<ReadScope, Endpoint> endpoint) {
        return senders.endpoint(sender -> endpoint.apply(senders.scope(sender)));
    }
}
