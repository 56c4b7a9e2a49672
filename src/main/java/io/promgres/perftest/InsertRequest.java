package io.promgres.perftest;

import io.promgres.http.RequestHead;
import io.promgres.http.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a POST asks for, as its headers and parameters say it, and how it is answered. */
final class InsertRequest {

    private final Insert insert;
    private final Preferences preferences;
    private final boolean counted;

    private InsertRequest(Insert insert, Preferences preferences, boolean counted) {
        this.insert = insert;
        this.preferences = preferences;
        this.counted = counted;
    }

    /** @throws ApiException a parameter cannot be read, or names a column that is not there */
    static InsertRequest of(Table table, RequestHead head, Wanted wanted) throws ApiException {
        Parameters parameters = Parameters.parse(head.query());
        Preferences preferences = new Preferences(head.header("Prefer"));
        Optional<String> columns = parameters.first("columns");
        Optional<String> target = parameters.first("on_conflict");
        Insert.Duplicates duplicates = Insert.Duplicates.ERROR;
        if (preferences.apply("resolution", "ignore-duplicates")) {
            duplicates = Insert.Duplicates.IGNORE;
        } else if (preferences.apply("resolution", "merge-duplicates")) {
            duplicates = Insert.Duplicates.MERGE;
        }
        Optional<Selection> returned = Optional.empty();
        if (preferences.apply("return", "representation")) {
            String select = parameters.first("select").orElse("*");
            returned = Optional.of(Selection.parse(table, select));
        }
        preferences.apply("return", "minimal");
        preferences.apply("missing", "default");
        Insert insert = new Insert(
                table,
                columns.isPresent() ? Optional.of(named(table, columns.get())) : Optional.empty(),
                duplicates,
                target.isPresent() ? named(table, target.get()) : List.of(),
                returned,
                wanted);
        return new InsertRequest(insert, preferences, preferences.applyCount());
    }

    private static List<Column> named(Table table, String text) throws ApiException {
        List<Column> columns = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            Column column = table.column(item.strip().replaceAll("^\"(.*)\"$", "$1"));
            if (!columns.contains(column)) {
                columns.add(column);
            }
        }
        return columns;
    }

    Insert insert() {
        return insert;
    }

    Response answer(Inserted inserted) {
        Response created = insert.returned().isPresent()
                ? Response.of(201, insert.wanted().contentType(), inserted.json())
                : Response.empty(201);
        return preferences.tell(created.with("Content-Range", "*/" + (counted ? inserted.rows() : "*")));
    }
}
