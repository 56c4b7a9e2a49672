package io.promgres.query;

import io.promgres.http.Endpoint;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.ParseException;
import io.promgres.promql.syntax.Parser;
import io.promgres.promql.syntax.ParserOptions;
import io.promgres.promql.syntax.Printer;

/** Expressions that are read and not evaluated. */
public final class ExpressionApi {

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

    /** The expression of the parameter {@code query}. */
    static Expr parse(Parameters parameters, ParserOptions options) throws QueryRefusedException {
        try {
            return Parser.parse(parameters.first("query"), options);
        } catch (ParseException e) {
            throw QueryRefusedException.badParameter("query", e.getMessage());
        }
    }
}
