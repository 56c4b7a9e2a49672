package io.promgres.promql.sql;

import io.promgres.promql.data.Labels;
import io.promgres.promql.syntax.Expr.Aggregate;
import io.promgres.promql.syntax.Expr.NumberLiteral;
import io.promgres.promql.syntax.TokenType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Aggregations, as aggregate functions of SQL. */
final class AggregateSql {

    private final SqlTranslation translation;

    AggregateSql(SqlTranslation translation) {
        this.translation = translation;
    }

    Relation of(Aggregate aggregate) throws NotInSqlException {
        Relation inner = translation.vector(aggregate.expr()).open();
        String labels = labels(aggregate, inner);
        if (aggregate.op() == TokenType.TOPK || aggregate.op() == TokenType.BOTTOMK) {
            return best(aggregate, inner, labels);
        }
        return inner.groupedBy(labels, function(aggregate, inner.value()));
    }

    private static String labels(Aggregate aggregate, Relation inner) {
        if (!aggregate.without()) {
            return kept(inner.labels(), aggregate.grouping());
        }
        List<String> dropped = new ArrayList<>(aggregate.grouping());
        if (inner.named()) {
            dropped.add(Labels.NAME);
        }
        return dropped.isEmpty() ? inner.labels() : inner.labels() + " - " + SqlText.array(dropped);
    }

    /** Only some of the labels, where there are such. */
    static String kept(String labels, List<String> names) {
        if (names.isEmpty()) {
            return "jsonb '{}'";
        }
        return names.stream()
                .map(name -> SqlText.literal(name) + ", " + SqlText.operand(labels) + " -> " + SqlText.literal(name))
                .collect(Collectors.joining(", ", "jsonb_strip_nulls(jsonb_build_object(", "))"));
    }

    private String function(Aggregate aggregate, String value) throws NotInSqlException {
        return switch (aggregate.op()) {
            case SUM -> "sum(" + value + ")";
            case AVG -> "avg(" + value + ")";
            case MIN -> "min(" + value + ")";
            // To PostgreSQL, NaN is the greatest number.
            case MAX -> "coalesce(max_numbers(" + value + "), 'NaN')";
            case COUNT -> "count(*)::float8";
            case GROUP -> "float8 '1'";
            case STDDEV -> "stddev_pop(" + value + ")";
            case STDVAR -> "var_pop(" + value + ")";
            case QUANTILE -> "percentile_cont(" + fraction(aggregate) + ") WITHIN GROUP (ORDER BY " + value + ")";
            default ->
                throw new NotInSqlException(
                        aggregate, "the aggregation " + aggregate.op().text());
        };
    }

    private static String fraction(Aggregate aggregate) throws NotInSqlException {
        if (SqlTranslation.unwrapped(aggregate.parameter()) instanceof NumberLiteral number
                && number.value() >= 0
                && number.value() <= 1) {
            return SqlText.number(number.value());
        }
        throw new NotInSqlException(aggregate, "a quantile that is no number from 0 to 1");
    }

    private Relation best(Aggregate aggregate, Relation inner, String labels) throws NotInSqlException {
        ScalarSql count = translation.scalar(aggregate.parameter());
        String order = inner.value() + " = 'NaN', " + inner.value() + (aggregate.op() == TokenType.TOPK ? " DESC" : "");
        String partition = inner.time() + (labels.startsWith("jsonb '") ? "" : ", " + labels);
        String ranked = "SELECT " + inner.time() + " AS time, " + inner.labels() + " AS labels, " + inner.value()
                + " AS value,\n       row_number() OVER (PARTITION BY " + partition + " ORDER BY " + order
                + ") AS place"
                + "\nFROM " + inner.from() + (inner.where().isEmpty() ? "" : "\nWHERE " + inner.where());
        return Relation.of("(\n" + SqlText.indented(ranked) + "\n) x", inner.named())
                .filtered("place <= " + count.at("time"));
    }
}
