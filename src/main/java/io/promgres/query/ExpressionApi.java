package io.promgres.query;

import io.promgres.http.Endpoint;
import io.promgres.promql.sql.NotInSqlException;
import io.promgres.promql.sql.SqlGrid;
import io.promgres.promql.sql.SqlTranslation;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.ParseException;
import io.promgres.promql.syntax.Parser;
import io.promgres.promql.syntax.ParserOptions;
import io.promgres.promql.syntax.Printer;
import java.time.Clock;

/** Expressions that are read and not evaluated. */
public final class ExpressionApi {

    private static final long MOST_MILLIS = 253_402_300_799_999L;

    private final ParserOptions options;

    public ExpressionApi(ParserOptions options) {
        this.options = options;
    }

    /** {@code /api/v1/format_query}: the expression as Prometheus would write it. */
    public Endpoint format() {
        return new ApiEndpoint((parameters, request) -> {
            String text = Printer.pretty(parse(parameters, options));
            return Answer.of(json -> json.string(text));
        });
    }

    /** {@code /api/v1/parse_query}: the expression as a tree. */
    public Endpoint tree() {
        return new ApiEndpoint((parameters, request) -> {
            Expr expr = parse(parameters, options);
            return Answer.of(json -> new ExprJson(json).write(expr));
        });
    }

    /**
     * {@code /api/v1/translate}: SQL that gives what the expression gives, at {@code time}, or from {@code start} to {@code end} in
     * steps of {@code step}, or at the times of a panel of Grafana.
     *
     * @param lookback how old a sample may be that is given for now, in milliseconds
     */
    public Endpoint sql(long lookback, Clock clock) {
        return new ApiEndpoint((parameters, request) -> {
            SqlGrid grid = grid(parameters, clock);
            Expr expr = parse(parameters, options);
            try {
                String sql = SqlTranslation.of(parameters.first("query"), expr, grid, lookback);
                return Answer.of(
                        json -> json.beginObject().name("sql").string(sql).endObject());
            } catch (NotInSqlException e) {
                throw new QueryRefusedException(ErrorType.EXECUTION, e.getMessage());
            }
        });
    }

    private static SqlGrid grid(Parameters parameters, Clock clock) throws QueryRefusedException {
        if (parameters.first("grafana").equals("true")) {
            return SqlGrid.GRAFANA;
        }
        if (parameters.first("start").isEmpty()
                && parameters.first("end").isEmpty()
                && parameters.first("step").isEmpty()) {
            return SqlGrid.at(inYears("time", parameters.time("time").orElse(clock.millis())));
        }
        long start = inYears("start", parameters.neededTime("start"));
        long end = inYears("end", parameters.neededTime("end"));
        QueryApi.checkOrder(start, end);
        long step = parameters.neededDuration("step");
        QueryApi.checkSteps(start, end, step, "?step=XX");
        return SqlGrid.range(start, end, step);
    }

    /** SQL writes four digits. */
    private static long inYears(String name, long millis) throws QueryRefusedException {
        if (millis < 0 || millis > MOST_MILLIS) {
            throw QueryRefusedException.badParameter(name, "must be of the years 1970 to 9999");
        }
        return millis;
    }

    /** The expression of the parameter {@code query}. */
    static Expr parse(Parameters parameters, ParserOptions options) throws QueryRefusedException {
        try {
            return Parser.parse(parameters.first("query"), options);
        } catch (ParseException e) {
            throw QueryRefusedException.badParameter("query", e.getMessage());
        }
    }
}
