package io.promgres.query;

import io.promgres.promql.engine.EngineOptions;
import io.promgres.promql.engine.QueryResult;
import io.promgres.remoteread.ReadScope;
import io.promgres.tiers.KnownVectors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Expressions, evaluated on a database without a daemon; over all tenants. */
public final class DirectQuery {

    private static final long VECTOR_BYTES = 16 << 20;

    private final QueryDatabase database;
    private final EngineOptions options;

    /**
     * @param discard makes sure that a connection is closed and not used again
     * @param mostSeries a selection of more is refused
     */
    public DirectQuery(DataSource database, Consumer<Connection> discard, int mostSeries, EngineOptions options) {
        this.database = new QueryDatabase(database, discard, mostSeries, new KnownVectors(VECTOR_BYTES), 0);
        this.options = options;
    }

    /** @param time in milliseconds since the epoch */
    public QueryResult instant(String query, long time) throws QueryRefusedException, SQLException {
        return evaluate((engine, source, isOver) -> engine.instant(query, time, source, isOver));
    }

    /** From start to end, both included, in milliseconds since the epoch. */
    public QueryResult range(String query, long start, long end, long step) throws QueryRefusedException, SQLException {
        QueryApi.checkOrder(start, end);
        QueryApi.checkSteps(start, end, step, "--step");
        return evaluate((engine, source, isOver) -> engine.range(query, start, end, step, source, isOver));
    }

    private QueryResult evaluate(QueryApi.Evaluation evaluation) throws QueryRefusedException, SQLException {
        Call call = new Call(Duration.ofMillis(options.timeoutMillis()));
        return database.read(
                call,
                snapshot -> QueryApi.evaluated(
                                List.of(snapshot), ParallelTasks.ALONE, ReadScope.ALL, options, evaluation)
                        .result());
    }
}
