package io.promgres.perftest;

/**
 * What of a table is asked for.
 *
 * @param page of the rows that the condition lets through, in their order
 */
record Query(Table table, Selection selection, Condition condition, Ordering ordering, Page page, boolean stripNulls) {

    /**
     * @param range the header Range
     * @throws ApiException a parameter cannot be read, or names a column that is not there
     */
    static Query of(Table table, Parameters parameters, String range, boolean stripNulls) throws ApiException {
        String select = parameters.first("select").orElse("");
        return new Query(
                table,
                select.isEmpty() ? Selection.all(table) : Selection.parse(table, select),
                Filters.parse(table, parameters),
                Ordering.parse(table, parameters.first("order").orElse("")),
                Page.of(parameters, range),
                stripNulls);
    }

    /** How many rows the condition lets through. */
    BoundSql count() {
        BoundSql sql = new BoundSql().add("SELECT count(*)");
        addSource(sql);
        return sql;
    }

    /** The rows as JSON objects. */
    BoundSql rows(long most) {
        BoundSql sql = new BoundSql().add("SELECT ");
        selection.addTo(sql, stripNulls);
        addSource(sql);
        ordering.addTo(sql);
        return sql.add(" LIMIT ").bind(most).add(" OFFSET ").bind(page.offset());
    }

    private void addSource(BoundSql sql) {
        sql.add(" FROM ").add(table.qualifiedName()).add(" r WHERE ");
        condition.addTo(sql);
    }
}
