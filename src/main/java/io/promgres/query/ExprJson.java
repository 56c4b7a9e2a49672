package io.promgres.query;

import io.promgres.promql.data.GoText;
import io.promgres.promql.data.Matcher;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.Expr.Aggregate;
import io.promgres.promql.syntax.Expr.Binary;
import io.promgres.promql.syntax.Expr.Extension;
import io.promgres.promql.syntax.Expr.Matching;
import io.promgres.promql.syntax.Expr.MatrixSelector;
import io.promgres.promql.syntax.Expr.NumberLiteral;
import io.promgres.promql.syntax.Expr.Paren;
import io.promgres.promql.syntax.Expr.StringLiteral;
import io.promgres.promql.syntax.Expr.Subquery;
import io.promgres.promql.syntax.Expr.Unary;
import io.promgres.promql.syntax.Expr.VectorSelector;
import io.promgres.promql.syntax.Function;
import io.promgres.promql.syntax.ValueType;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Writes expressions as the trees of Prometheus' API: durations in milliseconds. */
final class ExprJson {

    private static final String NULL = "null";

    private final Json json;

    ExprJson(Json json) {
        this.json = json;
    }

    /** @param expr null is written as null */
    void write(Expr expr) throws IOException {
        if (expr == null) {
            json.raw(NULL);
            return;
        }
        json.beginObject();
        if (expr instanceof Aggregate aggregate) {
            aggregation(aggregate);
        } else if (expr instanceof Binary binary) {
            binary(binary);
        } else if (expr instanceof Expr.Call call) {
            call(call);
        } else if (expr instanceof VectorSelector vector) {
            selector(vector);
            type("vectorSelector");
        } else if (expr instanceof MatrixSelector matrix) {
            matrix(matrix);
        } else if (expr instanceof Subquery subquery) {
            subquery(subquery);
        } else {
            simple(expr);
        }
        json.endObject();
    }

    private void simple(Expr expr) throws IOException {
        if (expr instanceof Paren paren) {
            member("expr", paren.expr());
            type("parenExpr");
        } else if (expr instanceof Unary unary) {
            member("expr", unary.expr());
            json.name("op").string(unary.op().text());
            type("unaryExpr");
        } else if (expr instanceof StringLiteral string) {
            type("stringLiteral");
            json.name("val").string(string.value());
        } else if (expr instanceof NumberLiteral number) {
            type("numberLiteral");
            json.name("val").string(GoText.plain(number.value()));
        } else {
            throw new IllegalArgumentException("an expression has no " + expr.getClass());
        }
    }

    private void aggregation(Aggregate aggregate) throws IOException {
        member("expr", aggregate.expr());
        texts("grouping", aggregate.grouping());
        json.name("op").string(aggregate.op().text());
        member("param", aggregate.parameter());
        type("aggregation");
        json.name("without").bool(aggregate.without());
    }

    private void binary(Binary binary) throws IOException {
        json.name("bool").bool(binary.returnBool());
        member("lhs", binary.left());
        json.name("matching");
        matching(binary.matching());
        json.name("op").string(binary.op().text());
        member("rhs", binary.right());
        type("binaryExpr");
    }

    private void matching(Matching matching) throws IOException {
        if (matching == null) {
            json.raw(NULL);
            return;
        }
        json.beginObject();
        json.name("card")
                .string(matching.cardinality().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        json.name("fillValues").beginObject();
        number("lhs", matching.fillLeft());
        number("rhs", matching.fillRight());
        json.endObject();
        texts("include", matching.include());
        texts("labels", matching.labels());
        json.name("on").bool(matching.on()).endObject();
    }

    private void call(Expr.Call call) throws IOException {
        json.name("args").beginArray();
        for (Expr argument : call.arguments()) {
            write(argument);
        }
        json.endArray();
        Function function = call.function();
        json.name("func").beginObject();
        texts(
                "argTypes",
                function.arguments().stream().map(ValueType::resultType).toList());
        json.name("name").string(function.name());
        json.name("returnType").string(function.returns().resultType());
        json.name("variadic").number(function.variadic()).endObject();
        type("call");
    }

    private void matrix(MatrixSelector matrix) throws IOException {
        selector(matrix.vector());
        json.name("range").number(matrix.range());
        type("matrixSelector");
    }

    private void selector(VectorSelector vector) throws IOException {
        json.name("anchored").bool(vector.extension() == Extension.ANCHORED);
        json.name("matchers").beginArray();
        for (Matcher matcher : vector.matchers()) {
            json.beginObject().name("name").string(matcher.name());
            json.name("type").string(matcher.type().toString());
            json.name("value").string(matcher.value()).endObject();
        }
        json.endArray().name("name").string(vector.name());
        json.name("smoothed").bool(vector.extension() == Extension.SMOOTHED);
        time(vector.time());
    }

    private void subquery(Subquery subquery) throws IOException {
        member("expr", subquery.expr());
        json.name("range").number(subquery.range());
        json.name("step").number(subquery.step());
        time(subquery.time());
        type("subquery");
    }

    private void time(Expr.Time time) throws IOException {
        json.name("offset").number(time.offset());
        json.name("startOrEnd");
        if (time.edge() == null) {
            json.raw(NULL);
        } else {
            json.string(time.edge().name().toLowerCase(Locale.ROOT));
        }
        json.name("timestamp").raw(String.valueOf(time.at()));
    }

    private void type(String type) throws IOException {
        json.name("type").string(type);
    }

    private void member(String name, Expr expr) throws IOException {
        json.name(name);
        write(expr);
    }

    /** JSON has no word for a number that is none or infinite. */
    private void number(String name, Double number) throws IOException {
        json.name(name);
        if (number == null || !Double.isFinite(number)) {
            json.raw(NULL);
        } else {
            json.plain(number);
        }
    }

    private void texts(String name, List<String> texts) throws IOException {
        json.name(name).beginArray();
        for (String text : texts) {
            json.string(text);
        }
        json.endArray();
    }
}
