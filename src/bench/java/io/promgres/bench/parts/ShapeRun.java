package io.promgres.bench.parts;

import io.promgres.model.LabelSet;
import io.promgres.model.LandingRows;
import io.promgres.packing.Joiner;
import io.promgres.packing.Packer;
import io.promgres.store.Database;
import io.promgres.store.LandingWriter;
import io.promgres.store.RerouteException;
import io.promgres.store.SeriesStore;
import io.promgres.store.ViewStore;
import io.promgres.testing.FailingListener;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A shape in a database of its own: landed by the product's writer, packed by its packer, and beside it a metric as rows. */
final class ShapeRun {

    /** The queries, by what stands in the head of the table. */
    static final Map<String, String> QUERIES = queries();

    private static final Duration BLOCK = Duration.ofHours(2);
    private static final int INTERNED_AT_ONCE = 5_000;
    private static final int ROWS_OF_HISTORY = 1_000;
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private final Database database;
    private final Shape shape;
    private final StoredForms forms;
    private final Packer packer;
    private final long begin;
    private long[] addresses;
    private long samples;
    private long landingBytes;

    ShapeRun(Database database, Shape shape) {
        this.database = database;
        this.shape = shape;
        this.forms = new StoredForms(database.background(), shape.metric());
        this.packer = new Packer(database.background(), BLOCK, new FailingListener(), unit -> {});
        long interval = shape.interval().toMillis();
        this.begin = System.currentTimeMillis() / interval * interval
                - shape.covers().toMillis();
    }

    private static Map<String, String> queries() {
        String one = " WHERE series_id = %2$s";
        Map<String, String> queries = new LinkedHashMap<>();
        for (String now : List.of("now()", "timestamptz '" + Instant.now() + "'")) {
            String kind = now.equals("now()") ? now : "literal";
            queries.put(
                    "one series, 1 h, " + kind,
                    "SELECT time, value FROM %1$s" + one + " AND time > " + now + " - interval '1 hour'");
            queries.put(
                    "all, 1 h by minute, " + kind,
                    "SELECT date_bin('1 minute', time, 'epoch'), series_id, avg(value) FROM %1$s WHERE time > " + now
                            + " - interval '1 hour' GROUP BY 1, 2");
            queries.put(
                    "all, a day by 5 minutes, " + kind,
                    "SELECT date_bin('5 minutes', time, 'epoch'), series_id, avg(value) FROM %1$s WHERE time > " + now
                            + " - interval '1 day' GROUP BY 1, 2");
        }
        queries.put(
                "one series, all by hour",
                "SELECT date_bin('1 hour', time, 'epoch'), avg(value) FROM %1$s" + one + " GROUP BY 1");
        queries.put("all, all by hour", "SELECT date_bin('1 hour', time, 'epoch'), avg(value) FROM %1$s GROUP BY 1");
        queries.put(
                "latest, 5 min",
                "SELECT DISTINCT ON (series_id) series_id, time, value FROM %1$s"
                        + " WHERE time > now() - interval '5 minutes' ORDER BY series_id, time DESC");
        return queries;
    }

    /** Runs it, and gives the row of the table. */
    String run() throws Exception {
        intern();
        land();
        pack();
        forms.execute("VACUUM ANALYZE");
        double packed = (double) forms.packedBytes() / samples;
        Map<String, double[]> medians = new LinkedHashMap<>();
        double rows = forms.makeRows();
        for (String query : QUERIES.values()) {
            medians.put(query, forms.medians(query));
        }
        new Joiner(database.background(), BLOCK, Duration.ofDays(-1), new FailingListener(), unit -> {}).join(true);
        forms.vacuumFull();
        StringBuilder row = new StringBuilder("| %s | %,d | %,d | %.2f | %.2f | %.2f | %.0f | %.0f |"
                .formatted(
                        shape.name(),
                        shape.series().size(),
                        samples,
                        (double) landingBytes / samples,
                        packed,
                        (double) forms.packedBytes() / samples,
                        rows,
                        (double) forms.catalogBytes() / shape.series().size()));
        for (String query : QUERIES.values()) {
            double[] before = medians.get(query);
            double[] joined = forms.medians(query);
            row.append(" %.1f, %.1f : %.1f = %.2f, %.2f |"
                    .formatted(before[0], joined[0], joined[1], before[0] / before[1], joined[0] / joined[1]));
        }
        return row.toString();
    }

    private void intern() throws SQLException {
        SeriesStore store = new SeriesStore(database.pool());
        List<LabelSet> series = shape.series();
        addresses = new long[series.size()];
        for (int from = 0; from < series.size(); from += INTERNED_AT_ONCE) {
            int to = Math.min(series.size(), from + INTERNED_AT_ONCE);
            System.arraycopy(store.intern(series.subList(from, to)).addresses(), 0, addresses, from, to - from);
        }
        ViewStore views = new ViewStore(database.pool());
        views.make(views.stale(), Duration.ofSeconds(10));
    }

    private void land() throws SQLException, RerouteException {
        LandingWriter writer = new LandingWriter(database.pool(), BLOCK);
        LandingRows rows = new LandingRows(1 << 14);
        boolean isHistory = shape.covers().toDays() > 1;
        long interval = shape.interval().toMillis();
        for (int step = 0; step < shape.steps(); step++) {
            long time = begin + step * interval;
            boolean isNewDay = time / DAY_MILLIS != (time - interval) / DAY_MILLIS;
            // What is scraped is written at once, history in larger requests.
            if (!isHistory || isNewDay || rows.size() > ROWS_OF_HISTORY) {
                flush(writer, rows);
            }
            if (isHistory && isNewDay) {
                packTheDay();
            }
            shape.scrape().deliver(step, time, (series, at, bits) -> rows.add(addresses[series], at, bits));
        }
        flush(writer, rows);
        landingBytes += forms.landingBytes();
    }

    private void flush(LandingWriter writer, LandingRows rows) throws SQLException, RerouteException {
        writer.write(rows, new SeriesStore(database.pool()).places());
        samples += rows.samples();
        rows.clear();
    }

    /** History is packed day by day, as it would have been if it had come in time. */
    private void packTheDay() throws SQLException {
        landingBytes += forms.landingBytes();
        packer.seal(Duration.ZERO).forEach(this::pack);
        landingBytes -= forms.landingBytes();
    }

    /** All of it, as if the last block had closed. */
    private void pack() throws SQLException {
        forms.execute(
                "SELECT _prom_catalog.seal_partition(name) FROM _prom_catalog.landing_partition WHERE NOT sealed");
        packer.seal(Duration.ZERO).forEach(this::pack);
    }

    private void pack(Packer.Partition partition) {
        try {
            packer.pack(partition);
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
