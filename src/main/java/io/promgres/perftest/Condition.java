package io.promgres.perftest;

import java.util.List;

/** Which rows are answered. */
sealed interface Condition {

    /** Adds the condition on the row that is called {@code r}. */
    void addTo(BoundSql sql);

    /** All of these, or one of these at least. */
    record Several(boolean all, List<Condition> parts) implements Condition {

        @Override
        public void addTo(BoundSql sql) {
            sql.add("(").add(all ? "true" : "false");
            for (Condition part : parts) {
                sql.add(all ? " AND " : " OR ");
                part.addTo(sql);
            }
            sql.add(")");
        }
    }

    record Not(Condition condition) implements Condition {

        @Override
        public void addTo(BoundSql sql) {
            sql.add("NOT (");
            condition.addTo(sql);
            sql.add(")");
        }
    }

    /** @param operator in SQL, a constant */
    record Comparison(Column column, String operator, String value) implements Condition {

        @Override
        public void addTo(BoundSql sql) {
            sql.add("r.").add(column.quoted()).add(operator).bind(value, column.type());
        }
    }

    /** @param operator in SQL, a constant */
    record Pattern(Column column, String operator, String pattern) implements Condition {

        @Override
        public void addTo(BoundSql sql) {
            sql.add("r.").add(column.quoted()).add("::text").add(operator).bind(pattern, "text");
        }
    }

    record OneOf(Column column, List<String> values) implements Condition {

        @Override
        public void addTo(BoundSql sql) {
            sql.add("r.")
                    .add(column.quoted())
                    .add(" = ANY (")
                    .bind(values, column.type())
                    .add(")");
        }
    }

    record IsNull(Column column) implements Condition {

        @Override
        public void addTo(BoundSql sql) {
            sql.add("r.").add(column.quoted()).add(" IS NULL");
        }
    }
}
