package io.promgres.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The times of queries as a table, and what came in meanwhile. */
final class QueriesReport {

    private static final String HEAD = """
            | query | promgres ms, at rest | while ingesting (longest) | rows ms, at rest | while ingesting (longest) \
            | promgres : rows, at rest | while ingesting |
            """ + "|---|" + "---:|".repeat(6) + "\n";

    private final StringBuilder text = new StringBuilder();

    /** @param circumstances of the run, by name */
    QueriesReport(Map<String, Object> circumstances) {
        circumstances.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\n"));
    }

    /**
     * Adds a load.
     *
     * @param fastest samples a second that the daemon takes at most; 0 if that was not measured
     * @param rate samples a second that were to come in
     */
    void add(Load load, double fastest, double rate, QueriedPhase promgres, QueriedPhase rows) {
        text.append(String.format(
                Locale.ROOT,
                "%nworkload %s, remote write %s, %,d series%n%n%s",
                load.workload().name().toLowerCase(Locale.ROOT),
                load.protocol().label(),
                load.series(),
                HEAD));
        for (String query : promgres.busy().keySet()) {
            text.append(row(query, promgres, rows));
        }
        text.append(String.format(
                Locale.ROOT,
                "%npromgres: %s%,.0fk samples/s came in, requests p50 %.1f ms, p99 %.1f ms%n%n"
                        + "rows: %,.0fk samples/s were offered, %,.0fk were taken%n",
                fastest > 0 ? String.format(Locale.ROOT, "%,.0fk samples/s at most, ", fastest / 1e3) : "",
                promgres.rate() / 1e3,
                promgres.p50(),
                promgres.p99(),
                rate / 1e3,
                rows.rate() / 1e3));
    }

    private static String row(String query, QueriedPhase promgres, QueriedPhase rows) {
        List<Double> busy = promgres.busy().get(query);
        List<Double> busyRows = rows.busy().get(query);
        double atRest = QueriedPhase.median(promgres.atRest().get(query));
        double rowsAtRest = QueriedPhase.median(rows.atRest().get(query));
        return String.format(
                Locale.ROOT,
                "| %s | %.1f | %.1f (%.1f) | %.1f | %.1f (%.1f) | %.2f | %.2f |%n",
                query,
                atRest,
                QueriedPhase.median(busy),
                QueriedPhase.longest(busy),
                rowsAtRest,
                QueriedPhase.median(busyRows),
                QueriedPhase.longest(busyRows),
                atRest / rowsAtRest,
                QueriedPhase.median(busy) / QueriedPhase.median(busyRows));
    }

    String markdown() {
        return text.toString();
    }
}
