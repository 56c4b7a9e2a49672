package io.promgres.bench;

import io.promgres.config.DatabaseUri;
import io.promgres.store.CopyBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A row per sample into a table per metric with a unique index on (series_id, time), a COPY for each metric of a scrape in one
 * transaction: what Promscale does, at its best.
 */
final class RowsPerMetric implements Yardstick {

    static final String NAME = "rows, a table per metric";

    private final Population population;
    private final Timeline timeline;
    private final Connection connection;
    private final CopyBuffer buffer = new CopyBuffer();
    private final List<String> metrics;
    private final List<int[]> ofMetric;
    private long scrape;

    RowsPerMetric(DatabaseUri database, Population population, Timeline timeline) throws SQLException {
        this.population = population;
        this.timeline = timeline;
        connection = DatabaseServer.connect(database);
        execute("CREATE SCHEMA IF NOT EXISTS yardstick");
        Map<String, List<Integer>> byMetric = new LinkedHashMap<>();
        for (int series = 0; series < population.size(); series++) {
            byMetric.computeIfAbsent(population.series().get(series).metric(), name -> new ArrayList<>())
                    .add(series);
        }
        metrics = List.copyOf(byMetric.keySet());
        ofMetric = byMetric.values().stream()
                .map(all -> all.stream().mapToInt(Integer::intValue).toArray())
                .toList();
        for (int metric = 0; metric < ofMetric.size(); metric++) {
            execute("CREATE TABLE yardstick.metric_" + metric
                    + " (series_id bigint NOT NULL, time timestamptz NOT NULL,"
                    + " value double precision NOT NULL, UNIQUE (series_id, time))");
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean stores() {
        return true;
    }

    @Override
    public void prepare() {}

    @Override
    public long run() throws SQLException {
        connection.setAutoCommit(false);
        for (int metric = 0; metric < ofMetric.size(); metric++) {
            copy(metric, scrape);
        }
        connection.commit();
        scrape++;
        return population.size();
    }

    private void copy(int metric, long ofScrape) throws SQLException {
        buffer.copy(connection, "yardstick.metric_" + metric + " (series_id, time, value)", () -> {
            for (int series : ofMetric.get(metric)) {
                buffer.row(3);
                buffer.fieldLong(series);
                buffer.fieldTime(timeline.time(population.series().get(series).target(), ofScrape));
                buffer.fieldLong(population.bits(series, ofScrape));
            }
        });
    }

    /** Copies the scrapes of one metric from the first up to one; {@link #run} goes on from there, with all metrics. */
    void fill(String metric, long scrapes) throws SQLException {
        connection.setAutoCommit(false);
        for (long of = 0; of < scrapes; of++) {
            copy(metrics.indexOf(metric), of);
        }
        connection.commit();
        scrape = scrapes;
    }

    /** The table of a metric; the ids of series in it are those of the population. */
    String table(String metric) {
        return "yardstick.metric_" + metrics.indexOf(metric);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
