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

    private final Population population;
    private final Timeline timeline;
    private final Connection connection;
    private final CopyBuffer buffer = new CopyBuffer();
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
        return "rows, a table per metric";
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
            int[] members = ofMetric.get(metric);
            buffer.copy(connection, "yardstick.metric_" + metric + " (series_id, time, value)", () -> {
                for (int series : members) {
                    buffer.row(3);
                    buffer.fieldLong(series);
                    buffer.fieldTime(
                            timeline.time(population.series().get(series).target(), scrape));
                    buffer.fieldLong(population.bits(series, scrape));
                }
            });
        }
        connection.commit();
        scrape++;
        return population.size();
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
