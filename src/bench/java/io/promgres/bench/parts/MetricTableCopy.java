package io.promgres.bench.parts;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * A yardstick: a row per sample into a table per metric with a unique index on (series_id, time), by a COPY for each metric,
 * a flush in one transaction. What Promscale does.
 */
final class MetricTableCopy implements WriteWorkload {

    private final DataSource database;
    private final Fleet fleet;
    private final RowCopy copy = new RowCopy();
    private final List<List<Integer>> seriesOfMetric = new ArrayList<>();

    MetricTableCopy(DataSource database, Fleet fleet) {
        this.database = database;
        this.fleet = fleet;
        for (int metric = 0; metric < Fleet.METRICS; metric++) {
            seriesOfMetric.add(new ArrayList<>());
        }
        for (int series = 0; series < Fleet.SERIES; series++) {
            seriesOfMetric.get(Fleet.metric(series)).add(series);
        }
    }

    @Override
    public String name() {
        return "rows, a table per metric, unique (series_id, time)";
    }

    @Override
    public void prepare(int scrapes) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA IF NOT EXISTS yardstick");
            for (int metric = 0; metric < Fleet.METRICS; metric++) {
                String table = table(metric);
                statement.execute("DROP TABLE IF EXISTS " + table);
                statement.execute("CREATE TABLE " + table + " (series_id bigint NOT NULL, time timestamptz NOT NULL,"
                        + " value double precision NOT NULL, UNIQUE (series_id, time))");
            }
        }
    }

    @Override
    public int flush(int scrape) throws SQLException {
        long time = fleet.time(scrape);
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            for (int metric = 0; metric < Fleet.METRICS; metric++) {
                List<Integer> ofMetric = seriesOfMetric.get(metric);
                copy.copy(connection, table(metric), () -> {
                    for (int series : ofMetric) {
                        copy.row(series, time, Fleet.bits(series, scrape));
                    }
                });
            }
            connection.commit();
        }
        return Fleet.SERIES;
    }

    private static String table(int metric) {
        return "yardstick.metric_" + metric;
    }
}
