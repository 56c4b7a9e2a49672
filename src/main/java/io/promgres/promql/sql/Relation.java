package io.promgres.promql.sql;

/**
 * A vector as a SELECT in the making, of time, labels and value. Immutable.
 *
 * @param from what stands behind FROM
 * @param time SQL of the time
 * @param labels SQL of the labels, a JSON object
 * @param value SQL of the value
 * @param where SQL of a condition; empty for none
 * @param grouped whether rows of a time and the same labels become one
 * @param named whether the labels may have the name of the metric
 */
record Relation(String from, String time, String labels, String value, String where, boolean grouped, boolean named) {

    /** All rows of something that has time, labels and value. */
    static Relation of(String from, boolean named) {
        return new Relation(from, "time", "labels", "value", "", false, named);
    }

    /** This as a subquery. */
    Relation wrapped() {
        return of(subquery("x"), named);
    }

    String subquery(String alias) {
        return "(\n" + SqlText.indented(sql()) + "\n) " + alias;
    }

    Relation withTime(String sql) {
        return new Relation(from, sql, labels, value, where, grouped, named);
    }

    /** The same times and labels with another value, which may be of the old one. */
    Relation withValue(String sql) {
        return new Relation(from, time, labels, sql, where, grouped, named);
    }

    /** Without the name of the metric, as most that makes another value of it. */
    Relation unnamed() {
        if (!named) {
            return this;
        }
        return grouped
                ? wrapped().unnamed()
                : new Relation(from, time, labels + " - '__name__'", value, where, false, false);
    }

    /** With other labels, which may be of the old ones. */
    Relation withLabels(String sql, boolean hasName) {
        return new Relation(from, time, sql, value, where, grouped, hasName);
    }

    /** Only rows that meet a condition. The relation must not be grouped. */
    Relation filtered(String condition) {
        return new Relation(
                from, time, labels, value, where.isEmpty() ? condition : where + " AND " + condition, false, named);
    }

    /** A relation whose labels may be changed and rows left out. */
    Relation open() {
        return grouped ? wrapped() : this;
    }

    /** Rows of a time and the same labels become one, with a value of an aggregate function. */
    Relation groupedBy(String newLabels, String aggregate) {
        return new Relation(from, time, newLabels, aggregate, where, true, false);
    }

    String sql() {
        return "SELECT " + column(time, "time") + ", " + column(labels, "labels") + ", " + column(value, "value")
                + "\nFROM " + from
                + (where.isEmpty() ? "" : "\nWHERE " + where)
                + (grouped ? "\nGROUP BY 1, 2" : "");
    }

    private static String column(String expression, String name) {
        return expression.equals(name) ? name : expression + " AS " + name;
    }
}
