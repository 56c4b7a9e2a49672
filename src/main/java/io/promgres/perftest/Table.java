package io.promgres.perftest;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The tables into which results are reported, with their columns: all that can be reached by a name that a client sends.
 * The names are those of {@code resources/db/perftest}.
 */
public enum Table {
    JOB("job", "jid", "started", "completed", "status", "project"),
    JOB_META("job_meta", "id", "jid", "name", "value"),
    JOB_PHASES("job_phases", "pid", "jid", "run", "timestamp"),
    LOOKUP_METRICS("lookup_metrics", "metric", "name", "title", "units"),
    LOOKUP_PARAMETERS("lookup_parameters", "parameter", "name", "title", "units"),
    PHASE_FLAGS("phase_flags", "id", "pid", "name", "value"),
    PHASE_PARAMS("phase_params", "id", "pid", "parameter", "value"),
    PHASE_METRICS("phase_metrics", "id", "pid", "metric", "value", "timestamp");

    /** The column that PostgreSQL numbers where a row does not name it. */
    static final String ID = "id";

    private final String suffix;
    private final List<String> columns;

    Table(String suffix, String... columns) {
        this.suffix = suffix;
        this.columns = List.of(columns);
    }

    /** The table's name without the reporter's prefix. */
    public String suffix() {
        return suffix;
    }

    List<String> columns() {
        return columns;
    }

    /** The table in SQL. */
    String qualifiedName() {
        return "metric_data.perf_test_" + suffix;
    }

    /** Its columns in SQL, the numbered one only if the rows bring it. */
    String columnList(boolean withId) {
        return columns.stream()
                .filter(column -> withId || !column.equals(ID))
                .map(column -> '"' + column + '"')
                .collect(Collectors.joining(", "));
    }
}
