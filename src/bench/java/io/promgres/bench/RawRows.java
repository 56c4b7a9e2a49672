package io.promgres.bench;

import io.promgres.config.DatabaseUri;
import io.promgres.store.CopyBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A row per sample into one table without an index, a COPY for a scrape: the fastest that PostgreSQL takes rows. */
final class RawRows implements Yardstick {

    private final Population population;
    private final Timeline timeline;
    private final Connection connection;
    private final CopyBuffer buffer = new CopyBuffer();
    private long scrape;

    RawRows(DatabaseUri database, Population population, Timeline timeline) throws SQLException {
        this.population = population;
        this.timeline = timeline;
        connection = DatabaseServer.connect(database);
        execute("CREATE SCHEMA IF NOT EXISTS yardstick");
        execute("CREATE TABLE IF NOT EXISTS yardstick.raw"
                + " (series_id bigint NOT NULL, time timestamptz NOT NULL, value double precision NOT NULL)");
    }

    @Override
    public String name() {
        return "rows, no index";
    }

    @Override
    public boolean stores() {
        return true;
    }

    @Override
    public void prepare() throws SQLException {
        execute("TRUNCATE yardstick.raw");
    }

    @Override
    public long run() throws SQLException {
        buffer.copy(connection, "yardstick.raw (series_id, time, value)", () -> {
            for (int series = 0; series < population.size(); series++) {
                buffer.row(3);
                buffer.fieldLong(series);
                buffer.fieldTime(timeline.time(population.series().get(series).target(), scrape));
                buffer.fieldLong(population.bits(series, scrape));
            }
        });
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
