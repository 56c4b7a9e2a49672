package io.promgres.promql.sql;

import io.promgres.promql.syntax.Expr;
import io.promgres.promql.syntax.Expr.Aggregate;
import io.promgres.promql.syntax.Expr.Binary;
import io.promgres.promql.syntax.Expr.Call;
import io.promgres.promql.syntax.Expr.NumberLiteral;
import io.promgres.promql.syntax.Expr.Paren;
import io.promgres.promql.syntax.Expr.Unary;
import io.promgres.promql.syntax.Expr.VectorSelector;
import io.promgres.promql.syntax.TokenType;
import io.promgres.promql.syntax.ValueType;

/**
 * Translates expressions into SQL over functions and views for users: time, labels (a JSON object) and value, a row for each
 * point of the answer. Native histograms are not among them. What PromQL refuses because several series match has several
 * rows.
 */
public final class SqlTranslation {

    private final SqlGrid grid;
    private final long lookback;
    private final SelectorSql selectors;

    private SqlTranslation(SqlGrid grid, long lookback) {
        this.grid = grid;
        this.lookback = lookback;
        this.selectors = new SelectorSql(grid);
    }

    /**
     * @param query what the expression was read from
     * @param lookback how old a sample may be that is given for now, in milliseconds
     * @throws NotInSqlException says with its position what SQL has no words for
     */
    public static String of(String query, Expr expr, SqlGrid grid, long lookback) throws NotInSqlException {
        try {
            return new SqlTranslation(grid, lookback).statement(expr);
        } catch (NotInSqlException e) {
            throw new NotInSqlException(query, e);
        }
    }

    private String statement(Expr expr) throws NotInSqlException {
        Expr bare = unwrapped(expr);
        if (bare.type() == ValueType.STRING || bare.type() == ValueType.MATRIX) {
            throw new NotInSqlException(bare, "a " + bare.type());
        }
        if (bare.type() == ValueType.SCALAR) {
            return grid(scalar(bare)).sql() + "\nORDER BY 1;";
        }
        return vector(bare).sql() + "\n" + order(bare);
    }

    private static String order(Expr expr) {
        boolean sort = expr instanceof Call call && call.function().name().startsWith("sort");
        boolean best = expr instanceof Aggregate aggregate
                && (aggregate.op() == TokenType.TOPK || aggregate.op() == TokenType.BOTTOMK);
        boolean descending = sort && ((Call) expr).function().name().endsWith("desc")
                || best && ((Aggregate) expr).op() == TokenType.TOPK;
        return sort || best ? "ORDER BY 1, 3" + (descending ? " DESC;" : ";") : "ORDER BY 1, 2;";
    }

    /** A value at each time of the grid, without labels. */
    Relation grid(ScalarSql scalar) {
        return new Relation(
                grid.series(), "time", "jsonb '{}'", "(" + scalar.at("time") + ")::float8", "", false, false);
    }

    SelectorSql selectors() {
        return selectors;
    }

    SqlGrid grid() {
        return grid;
    }

    static Expr unwrapped(Expr expr) {
        return expr instanceof Paren paren ? unwrapped(paren.expr()) : expr;
    }

    Relation vector(Expr expr) throws NotInSqlException {
        Expr bare = unwrapped(expr);
        if (bare instanceof VectorSelector selector) {
            return selectors.call("value_over(", selector, lookback);
        }
        if (bare instanceof Aggregate aggregate) {
            return new AggregateSql(this).of(aggregate);
        }
        if (bare instanceof Call call) {
            return new FunctionSql(this).of(call);
        }
        if (bare instanceof Binary binary) {
            return new BinarySql(this).of(binary);
        }
        if (bare instanceof Unary unary) {
            Relation relation = vector(unary.expr());
            return unary.op() == TokenType.SUB
                    ? relation.unnamed().withValue("-" + SqlText.operand(relation.value()))
                    : relation;
        }
        throw new NotInSqlException(bare, "a " + bare.type() + " in this place");
    }

    ScalarSql scalar(Expr expr) throws NotInSqlException {
        Expr bare = unwrapped(expr);
        if (bare instanceof NumberLiteral number) {
            return new ScalarSql(SqlText.number(number.value()), true);
        }
        if (bare instanceof Unary unary) {
            ScalarSql operand = scalar(unary.expr());
            return unary.op() == TokenType.SUB
                    ? new ScalarSql("-" + SqlText.operand(operand.sql()), operand.constant())
                    : operand;
        }
        if (bare instanceof Binary binary) {
            return new BinarySql(this).scalars(binary);
        }
        if (bare instanceof Call call && call.function().name().equals("time")) {
            return new ScalarSql("extract(epoch FROM " + ScalarSql.TIME + ")::float8", false);
        }
        if (bare instanceof Call call && call.function().name().equals("pi")) {
            return new ScalarSql("pi()", true);
        }
        throw new NotInSqlException(
                bare,
                bare instanceof Call call ? "the function " + call.function().name() + "()" : "this scalar");
    }
}
