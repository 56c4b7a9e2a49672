package io.promgres.perftest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** In which order rows are answered, as PostgREST's parameter {@code order} has it: {@code run.desc.nullslast,pid}. */
final class Ordering {

    private static final Map<String, String> DIRECTIONS = Map.of("asc", " ASC", "desc", " DESC");
    private static final Map<String, String> NULLS = Map.of("nullsfirst", " NULLS FIRST", "nullslast", " NULLS LAST");

    private final List<String> terms;

    private Ordering(List<String> terms) {
        this.terms = terms;
    }

    /**
     * @param text may be empty; after its columns the key follows, so that pages do not overlap
     * @throws ApiException it cannot be read
     */
    static Ordering parse(Table table, String text) throws ApiException {
        List<String> terms = new ArrayList<>();
        for (String term : text.split(",")) {
            if (!text.isEmpty()) {
                terms.add(term(table, term.strip()));
            }
        }
        terms.add("r." + table.key().quoted());
        return new Ordering(List.copyOf(terms));
    }

    private static String term(Table table, String text) throws ApiException {
        String[] parts = text.split("\\.", -1);
        StringBuilder term =
                new StringBuilder("r.").append(table.column(parts[0]).quoted());
        int next = 1;
        if (next < parts.length && DIRECTIONS.containsKey(parts[next])) {
            term.append(DIRECTIONS.get(parts[next++]));
        }
        if (next < parts.length && NULLS.containsKey(parts[next])) {
            term.append(NULLS.get(parts[next++]));
        }
        if (next < parts.length) {
            throw ApiException.unreadable(
                    "order",
                    "\"" + text + "\" is no column with .asc or .desc and .nullsfirst or .nullslast behind it");
        }
        return term.toString();
    }

    void addTo(BoundSql sql) {
        sql.add(" ORDER BY ").add(String.join(", ", terms));
    }
}
