package io.promgres.promql.sql;

import io.promgres.promql.data.Labels;
import io.promgres.promql.data.Matcher;
import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.Expr.Call;
import io.promgres.promql.syntax.Expr.MatrixSelector;
import io.promgres.promql.syntax.Expr.VectorSelector;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Functions of PromQL, by functions of SQL. */
final class FunctionSql {

    /** Functions over ranges, by those of promgres. */
    private static final Map<String, String> OVER = Map.of(
            "rate", "rate_over(",
            "increase", "increase_over(",
            "avg_over_time", "avg_over(",
            "min_over_time", "min_over(",
            "max_over_time", "max_over(",
            "sum_over_time", "sum_over(",
            "count_over_time", "count_over(",
            "last_over_time", "last_over(",
            "quantile_over_time", "quantile_over(");

    /** Functions of each value, with %s for it. */
    private static final Map<String, String> OF_VALUE = Map.of(
            "abs", "abs(%s)",
            "ceil", "ceil(%s)",
            "floor", "floor(%s)",
            "deg", "degrees(%s)",
            "rad", "radians(%s)");

    private final SqlTranslation translation;

    FunctionSql(SqlTranslation translation) {
        this.translation = translation;
    }

    Relation of(Call call) throws NotInSqlException {
        String name = call.function().name();
        if (OVER.containsKey(name)) {
            return over(call);
        }
        if (OF_VALUE.containsKey(name)) {
            Relation relation = first(call).unnamed();
            return relation.withValue(OF_VALUE.get(name).formatted(relation.value()));
        }
        return switch (name) {
            case "sort", "sort_desc" -> translation.vector(call.arguments().get(0));
            case "vector" ->
                translation.grid(translation.scalar(call.arguments().get(0)));
            case "round" -> round(call);
            case "clamp_min" ->
                clamped(first(call), "greatest", call.arguments().get(1));
            case "clamp_max" -> clamped(first(call), "least", call.arguments().get(1));
            case "timestamp", "histogram_quantile", "absent" -> special(call);
            default -> throw new NotInSqlException(call, "the function " + name + "()");
        };
    }

    private Relation special(Call call) throws NotInSqlException {
        return switch (call.function().name()) {
            case "histogram_quantile" -> histogramQuantile(call);
            case "absent" -> absent(call);
            default -> throw new NotInSqlException(call, "the function timestamp()");
        };
    }

    private Relation first(Call call) throws NotInSqlException {
        return translation.vector(call.arguments().get(0));
    }

    private Relation over(Call call) throws NotInSqlException {
        String name = call.function().name();
        List<Expr> arguments = call.arguments();
        Expr last = SqlTranslation.unwrapped(arguments.get(arguments.size() - 1));
        if (!(last instanceof MatrixSelector matrix)) {
            throw new NotInSqlException(last, "a subquery");
        }
        if (matrix.rangeExpr() != null) {
            throw new NotInSqlException(matrix, "a computed range");
        }
        String function = OVER.get(name);
        if (arguments.size() > 1) {
            ScalarSql quantile = translation.scalar(arguments.get(0));
            if (!quantile.constant()) {
                throw new NotInSqlException(arguments.get(0), "a quantile that is no number");
            }
            function += quantile.sql() + ", ";
        }
        Relation relation = translation.selectors().call(function, matrix.vector(), matrix.range());
        return name.equals("last_over_time") ? relation : relation.unnamed();
    }

    private Relation round(Call call) throws NotInSqlException {
        Relation relation = first(call).unnamed();
        if (call.arguments().size() == 1) {
            return relation.withValue("floor(" + SqlText.operand(relation.value()) + " + 0.5)");
        }
        ScalarSql to = translation.scalar(call.arguments().get(1));
        String inverse = "(1 / " + SqlText.operand(to.at(relation.time())) + "::float8)";
        return relation.withValue(
                "floor(" + SqlText.operand(relation.value()) + " * " + inverse + " + 0.5) / " + inverse);
    }

    private Relation clamped(Relation relation, String function, Expr bound) throws NotInSqlException {
        String value = relation.value();
        String limit = translation.scalar(bound).at(relation.time());
        return relation.unnamed()
                .withValue("CASE WHEN " + SqlText.operand(value) + " = 'NaN' THEN 'NaN' ELSE " + function + "(" + value
                        + ", " + limit + ") END");
    }

    private Relation histogramQuantile(Call call) throws NotInSqlException {
        ScalarSql quantile = translation.scalar(call.arguments().get(0));
        if (!quantile.constant()) {
            throw new NotInSqlException(call.arguments().get(0), "a quantile that is no number");
        }
        Relation inner = translation.vector(call.arguments().get(1)).unnamed().open();
        String le = SqlText.operand(inner.labels()) + " ->> 'le'";
        return inner.filtered(le + " IS NOT NULL")
                .groupedBy(
                        inner.labels() + " - 'le'",
                        "histogram_quantile(" + quantile.sql() + ", " + le + ", " + inner.value() + ")");
    }

    private Relation absent(Call call) throws NotInSqlException {
        String present = first(call).subquery("x");
        return translation
                .grid(new ScalarSql("1", true))
                .withLabels(
                        "jsonb " + SqlText.literal(absentLabels(call.arguments().get(0))), false)
                .filtered("NOT EXISTS (SELECT FROM " + present + " WHERE x.time = g.time)");
    }

    /** The labels that a series would have had, as far as the selector says. */
    private static String absentLabels(Expr argument) {
        Map<String, String> labels = new TreeMap<>();
        Set<String> seen = new HashSet<>();
        if (SqlTranslation.unwrapped(argument) instanceof VectorSelector selector) {
            for (Matcher matcher : selector.matchers()) {
                boolean equal = matcher.type() == Matcher.Type.EQUAL && seen.add(matcher.name());
                if (equal && !matcher.value().isEmpty()) {
                    labels.put(matcher.name(), matcher.value());
                } else {
                    labels.remove(matcher.name());
                }
            }
        }
        labels.remove(Labels.NAME);
        return labels.entrySet().stream()
                .map(label -> SelectorSql.quoted(label.getKey()) + ": " + SelectorSql.quoted(label.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
