package io.promgres.promql.syntax;

import io.promgres.promql.syntax.Expr.Aggregate;
import io.promgres.promql.syntax.Expr.Binary;
import io.promgres.promql.syntax.Expr.Call;
import io.promgres.promql.syntax.Expr.MatrixSelector;
import io.promgres.promql.syntax.Expr.Paren;
import io.promgres.promql.syntax.Expr.Subquery;
import io.promgres.promql.syntax.Expr.Unary;
import io.promgres.promql.syntax.Expr.VectorSelector;
import java.util.ArrayList;
import java.util.List;

/** Finds the selectors of expressions. */
public final class SelectorList {

    private final List<VectorSelector> selectors = new ArrayList<>();

    private SelectorList() {}

    /** All of them, those of range selectors too, in the order in which they are written. */
    public static List<VectorSelector> of(Expr expr) {
        SelectorList list = new SelectorList();
        list.add(expr);
        return List.copyOf(list.selectors);
    }

    private void add(Expr expr) {
        if (expr instanceof VectorSelector selector) {
            selectors.add(selector);
        } else if (expr instanceof MatrixSelector matrix) {
            selectors.add(matrix.vector());
        } else if (expr instanceof Call call) {
            call.arguments().forEach(this::add);
        } else if (expr instanceof Paren paren) {
            add(paren.expr());
        } else if (expr instanceof Unary unary) {
            add(unary.expr());
        } else if (expr instanceof Subquery subquery) {
            add(subquery.expr());
        } else if (expr instanceof Binary binary) {
            add(binary.left());
            add(binary.right());
        } else if (expr instanceof Aggregate aggregate) {
            if (aggregate.parameter() != null) {
                add(aggregate.parameter());
            }
            add(aggregate.expr());
        }
    }
}
