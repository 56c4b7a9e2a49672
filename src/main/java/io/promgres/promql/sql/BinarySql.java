package io.promgres.promql.sql;

import io.promgres.promql.syntax.Expr.Binary;
import io.promgres.promql.syntax.Expr.Cardinality;
import io.promgres.promql.syntax.Expr.Matching;
import io.promgres.promql.syntax.TokenType;
import io.promgres.promql.syntax.ValueType;
import java.util.EnumSet;
import java.util.Set;

/** Binary operators: of numbers, of a vector and a number, and joins of two vectors. */
final class BinarySql {

    private static final Set<TokenType> COMPARISONS =
            EnumSet.of(TokenType.EQLC, TokenType.NEQ, TokenType.LTE, TokenType.LSS, TokenType.GTE, TokenType.GTR);

    private final SqlTranslation translation;

    BinarySql(SqlTranslation translation) {
        this.translation = translation;
    }

    Relation of(Binary binary) throws NotInSqlException {
        boolean left = binary.left().type() == ValueType.VECTOR;
        boolean right = binary.right().type() == ValueType.VECTOR;
        if (left && right) {
            return switch (binary.op()) {
                case AND, UNLESS -> having(binary);
                case OR -> either(binary);
                default -> joined(binary);
            };
        }
        Relation vector = translation.vector(left ? binary.left() : binary.right());
        String number =
                translation.scalar(left ? binary.right() : binary.left()).at(vector.time());
        String a = left ? vector.value() : number;
        String b = left ? number : vector.value();
        if (!COMPARISONS.contains(binary.op())) {
            return vector.unnamed().withValue(arithmetic(binary, a, b));
        }
        String condition = comparison(binary.op(), a, b);
        return binary.returnBool()
                ? vector.unnamed().withValue(asNumber(condition))
                : vector.grouped() ? compared(binary, vector.wrapped(), number, left) : vector.filtered(condition);
    }

    private static Relation compared(Binary binary, Relation vector, String number, boolean left) {
        return vector.filtered(comparison(binary.op(), left ? vector.value() : number, left ? number : vector.value()));
    }

    ScalarSql scalars(Binary binary) throws NotInSqlException {
        ScalarSql a = translation.scalar(binary.left());
        ScalarSql b = translation.scalar(binary.right());
        String left = asFloat(a.sql());
        String sql = COMPARISONS.contains(binary.op())
                ? asNumber(comparison(binary.op(), left, b.sql()))
                : arithmetic(binary, left, b.sql());
        return new ScalarSql(sql, a.constant() && b.constant());
    }

    /** Whole numbers are divided and overflow in another way. */
    private static String asFloat(String number) {
        return number.matches("[\\d.]+") ? "float8 '" + number + "'" : number;
    }

    private static String asNumber(String condition) {
        return "(" + condition + ")::int::float8";
    }

    private static String arithmetic(Binary binary, String left, String right) throws NotInSqlException {
        String a = SqlText.operand(left);
        String b = SqlText.operand(right);
        return switch (binary.op()) {
            case ADD -> a + " + " + b;
            case SUB -> a + " - " + b;
            case MUL -> a + " * " + b;
            // Division by 0 is an error in SQL.
            case DIV -> right.matches("[\\d.]*[1-9][\\d.]*") ? a + " / " + b : "quotient(" + left + ", " + right + ")";
            default ->
                throw new NotInSqlException(
                        binary, "the operator " + binary.op().text());
        };
    }

    /** To PostgreSQL NaN is equal to itself and greater than all other numbers; to PromQL every comparison fails but !=. */
    private static String comparison(TokenType op, String left, String right) {
        String a = SqlText.operand(left);
        String b = SqlText.operand(right);
        if (op == TokenType.NEQ) {
            return "(" + a + " <> " + b + " OR " + a + " = 'NaN')";
        }
        String both = a + " " + (op == TokenType.EQLC ? "=" : op.text()) + " " + b;
        return both + number(left) + number(right);
    }

    private static String number(String value) {
        return value.matches("-?[\\d.e+]+") ? "" : " AND " + SqlText.operand(value) + " <> 'NaN'";
    }

    private String matches(Binary binary, Relation left, Relation right) {
        return "r.time = l.time AND " + match(binary.matching(), "r.labels", right) + " = "
                + match(binary.matching(), "l.labels", left);
    }

    private static String match(Matching matching, String labels, Relation relation) {
        if (matching.on()) {
            return AggregateSql.kept(labels, matching.labels());
        }
        return without(labels, matching, relation.named());
    }

    private static String without(String labels, Matching matching, boolean named) {
        String bare = named ? labels + " - '__name__'" : labels;
        return matching.labels().isEmpty() ? bare : bare + " - " + SqlText.array(matching.labels());
    }

    private Relation having(Binary binary) throws NotInSqlException {
        Relation left = translation.vector(binary.left());
        Relation right = translation.vector(binary.right());
        String exists = (binary.op() == TokenType.UNLESS ? "NOT " : "") + "EXISTS (SELECT FROM " + right.subquery("r")
                + " WHERE " + matches(binary, left, right) + ")";
        return Relation.of(left.subquery("l"), left.named()).filtered(exists);
    }

    private Relation either(Binary binary) throws NotInSqlException {
        Relation left = translation.vector(binary.left());
        Relation right = translation.vector(binary.right());
        String others = "SELECT r.time, r.labels, r.value\nFROM " + right.subquery("r")
                + "\nWHERE NOT EXISTS (SELECT FROM " + left.subquery("l") + " WHERE " + matches(binary, left, right)
                + ")";
        String all = left.sql() + "\nUNION ALL\n" + others;
        return Relation.of("(\n" + SqlText.indented(all) + "\n) x", left.named() || right.named());
    }

    private Relation joined(Binary binary) throws NotInSqlException {
        Matching matching = binary.matching();
        if (matching.fillLeft() != null || matching.fillRight() != null) {
            throw new NotInSqlException(binary, "the modifier fill");
        }
        Relation left = translation.vector(binary.left());
        Relation right = translation.vector(binary.right());
        String from = left.subquery("l") + "\nJOIN " + right.subquery("r") + " ON " + matches(binary, left, right);
        boolean filter = COMPARISONS.contains(binary.op()) && !binary.returnBool();
        boolean swapped = matching.cardinality() == Cardinality.ONE_TO_MANY;
        Relation many = swapped ? right : left;
        String labels = resultLabels(matching, swapped ? "r" : "l", swapped ? "l" : "r", many.named() && !filter);
        boolean keepsName =
                filter && many.named() && !(matching.cardinality() == Cardinality.ONE_TO_ONE && matching.on());
        Relation all = new Relation(from, "l.time", labels, "l.value", "", false, keepsName);
        if (filter) {
            return all.filtered(comparison(binary.op(), "l.value", "r.value"));
        }
        return all.withValue(
                COMPARISONS.contains(binary.op())
                        ? asNumber(comparison(binary.op(), "l.value", "r.value"))
                        : arithmetic(binary, "l.value", "r.value"));
    }

    private static String resultLabels(Matching matching, String many, String one, boolean dropName) {
        String labels = many + ".labels";
        if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
            return matching.on() ? AggregateSql.kept(labels, matching.labels()) : without(labels, matching, dropName);
        }
        String bare = dropName ? labels + " - '__name__'" : labels;
        return matching.include().isEmpty()
                ? bare
                : bare + " - " + SqlText.array(matching.include()) + " || "
                        + AggregateSql.kept(one + ".labels", matching.include());
    }
}
