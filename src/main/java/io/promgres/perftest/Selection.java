package io.promgres.perftest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of each row is answered: columns, each under its own name or another one, as PostgREST's parameter {@code select} has
 * them: {@code id,label:name,value::text}.
 */
final class Selection {

    private static final Pattern ITEM =
            Pattern.compile("(?:(?<alias>[^:(),]+):(?!:))?\"?(?<column>[^:(),\"]+)\"?(?<text>::text)?");
    private static final String ALL = "*";

    // A function takes 100 arguments, two for each item.
    private static final int MOST = 50;

    private record Item(String key, Column column, boolean asText) {}

    private final List<Item> items;

    private Selection(List<Item> items) {
        this.items = items;
    }

    /** Every column. */
    static Selection all(Table table) {
        return new Selection(allOf(table));
    }

    /** @throws ApiException it is not a list of columns, or names one that is not there */
    static Selection parse(Table table, String text) throws ApiException {
        List<Item> items = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            if (item.strip().equals(ALL)) {
                items.addAll(allOf(table));
            } else {
                items.add(item(table, item.strip()));
            }
        }
        if (items.size() > MOST) {
            throw ApiException.unreadable("select", "it has more than " + MOST + " columns");
        }
        return new Selection(List.copyOf(items));
    }

    private static Item item(Table table, String text) throws ApiException {
        Matcher item = ITEM.matcher(text);
        if (!item.matches()) {
            throw ApiException.unreadable(
                    "select",
                    "\"" + text + "\" is none of column, name:column, column::text and *; nothing else is known");
        }
        Column column = table.column(item.group("column").strip());
        String alias = item.group("alias");
        return new Item(alias == null ? column.name() : alias.strip(), column, item.group("text") != null);
    }

    private static List<Item> allOf(Table table) {
        return table.columns().stream()
                .map(column -> new Item(column.name(), column, false))
                .toList();
    }

    /** Adds the JSON object, as text, of the row that is called {@code r}. */
    void addTo(BoundSql sql, boolean stripNulls) {
        sql.add(stripNulls ? "json_strip_nulls(" : "(").add("json_build_object(");
        String comma = "";
        for (Item item : items) {
            sql.add(comma)
                    .bind(item.key(), "text")
                    .add(", r.")
                    .add(item.column().quoted());
            sql.add(item.asText() ? "::text" : "");
            comma = ", ";
        }
        sql.add("))::text");
    }
}
