package io.promgres.perftest;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How rows are inserted.
 *
 * @param columns that are taken of each row, and no others; empty: those that the rows bring
 * @param duplicates what becomes of a row whose key is there already
 * @param target the columns that make the key; empty for the table's own
 * @param returned what of each inserted row is answered, if anything is
 * @param wanted the form of the answer
 */
record Insert(
        Table table,
        Optional<List<Column>> columns,
        Duplicates duplicates,
        List<Column> target,
        Optional<Selection> returned,
        Wanted wanted) {

    /** What becomes of a row whose key is there already. */
    enum Duplicates {
        ERROR,
        IGNORE,
        /** It takes the place of the one that is there, as to the columns that it brings. */
        MERGE
    }

    /** Inserts rows without more ado. */
    static Insert plain(Table table) {
        return new Insert(
                table, Optional.empty(), Duplicates.ERROR, List.of(), Optional.empty(), new Wanted(false, false));
    }

    /** The statement for these rows; it has one row for each inserted one if any are to be answered. */
    BoundSql sql(Rows rows) {
        List<Column> taken = columns.orElseGet(() -> broughtBy(rows));
        String list = Table.list(taken);
        BoundSql sql = new BoundSql();
        returned.ifPresent(selection -> sql.add("WITH inserted AS ("));
        sql.add("INSERT INTO ")
                .add(table.qualifiedName())
                .add(" (")
                .add(list)
                .add(") SELECT ")
                .add(list);
        addSource(sql, taken, rows.json());
        addDuplicates(sql, taken);
        returned.ifPresent(selection -> {
            sql.add(" RETURNING *) SELECT ");
            selection.addTo(sql, wanted.stripNulls());
            sql.add(" FROM inserted r");
        });
        return sql;
    }

    private List<Column> broughtBy(Rows rows) {
        Set<Column> brought = new LinkedHashSet<>(table.columns());
        brought.removeIf(column -> !rows.names().contains(column.name()));
        return brought.isEmpty() ? table.columnsOfRow() : List.copyOf(brought);
    }

    /** The rows in their order; of those that have one key the last, where the last one is to stay. */
    private void addSource(BoundSql sql, Collection<Column> taken, String json) {
        boolean lastOnly = duplicates == Duplicates.MERGE && taken.containsAll(key());
        sql.add(" FROM (SELECT ");
        if (lastOnly) {
            sql.add("DISTINCT ON (").add(Table.list(key())).add(") * FROM (SELECT ");
        }
        sql.add("r.ordinality");
        for (Column column : taken) {
            sql.add(", ").add(table.incoming(column));
        }
        sql.add(" FROM json_populate_recordset(NULL::")
                .add(table.qualifiedName())
                .add(", ");
        sql.bind(json, "json").add(") WITH ORDINALITY r) s");
        if (lastOnly) {
            sql.add(" ORDER BY ").add(Table.list(key())).add(", ordinality DESC) s");
        }
        sql.add(" ORDER BY ordinality");
    }

    private void addDuplicates(BoundSql sql, List<Column> taken) {
        if (duplicates == Duplicates.ERROR) {
            return;
        }
        sql.add(" ON CONFLICT");
        if (duplicates == Duplicates.MERGE || !target.isEmpty()) {
            sql.add(" (").add(Table.list(key())).add(")");
        }
        if (duplicates == Duplicates.IGNORE) {
            sql.add(" DO NOTHING");
            return;
        }
        String comma = " DO UPDATE SET ";
        for (Column column : taken) {
            sql.add(comma).add(column.quoted()).add(" = excluded.").add(column.quoted());
            comma = ", ";
        }
    }

    private List<Column> key() {
        return target.isEmpty() ? List.of(table.key()) : target;
    }
}
