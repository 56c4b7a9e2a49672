package io.promgres.perftest;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The tables of results, with their columns: all that can be reached by a name that a client sends. The names and types are
 * those of {@code resources/db/perftest}; the first column is the key.
 */
public enum Table {
    JOB("job", "jid uuid", "started timestamp", "completed timestamp", "status integer", "project text"),
    JOB_META("job_meta", "id integer", "jid uuid", "name text", "value text"),
    JOB_PHASES("job_phases", "pid uuid", "jid uuid", "run integer", "timestamp timestamp"),
    LOOKUP_METRICS("lookup_metrics", "metric uuid", "name text", "title text", "units text"),
    LOOKUP_PARAMETERS("lookup_parameters", "parameter uuid", "name text", "title text", "units text"),
    PHASE_FLAGS("phase_flags", "id integer", "pid uuid", "name text", "value text"),
    PHASE_PARAMS("phase_params", "id integer", "pid uuid", "parameter uuid", "value text"),
    PHASE_METRICS("phase_metrics", "id integer", "pid uuid", "metric uuid", "value numeric", "timestamp timestamp");

    /** The column that PostgreSQL numbers where a row does not name it. */
    private static final String ID = "id";

    private final String suffix;
    private final Map<String, Column> columns = new LinkedHashMap<>();

    Table(String suffix, String... columns) {
        this.suffix = suffix;
        for (String column : columns) {
            String[] nameAndType = column.split(" ");
            this.columns.put(nameAndType[0], new Column(nameAndType[0], nameAndType[1]));
        }
    }

    /** The table's name without the reporter's prefix. */
    public String suffix() {
        return suffix;
    }

    List<Column> columns() {
        return List.copyOf(columns.values());
    }

    Optional<Column> find(String name) {
        return Optional.ofNullable(columns.get(name));
    }

    /** @throws ApiException there is no such column */
    Column column(String name) throws ApiException {
        Column column = columns.get(name);
        if (column == null) {
            throw ApiException.unfit(
                    "42703",
                    "column \"" + name + "\" of relation \"" + qualifiedName() + "\" does not exist",
                    null,
                    "The columns are " + String.join(", ", columns.keySet()) + ".");
        }
        return column;
    }

    /** What a row is found by. */
    Column key() {
        return columns.values().iterator().next();
    }

    /** The columns that a row brings if it names none: all but the one that PostgreSQL numbers. */
    List<Column> columnsOfRow() {
        return columns.values().stream()
                .filter(column -> !column.name().equals(ID))
                .toList();
    }

    /** The table in SQL. */
    String qualifiedName() {
        return "metric_data.perf_test_" + suffix;
    }

    /** A column's value in a row that comes from JSON, in SQL: a number is given to a row that brings none. */
    String incoming(Column column) {
        return column.name().equals(ID)
                ? "coalesce(r.id, nextval('" + qualifiedName() + "_id_seq')::integer) AS id"
                : "r." + column.quoted();
    }

    /** Columns in SQL, separated by commas. */
    static String list(Collection<Column> columns) {
        return columns.stream().map(Column::quoted).collect(Collectors.joining(", "));
    }
}
