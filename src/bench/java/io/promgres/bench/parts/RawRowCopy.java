package io.promgres.bench.parts;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A yardstick: a row per sample into one table without an index, the fastest that PostgreSQL takes rows. */
final class RawRowCopy implements WriteWorkload {

    private final DataSource database;
    private final Fleet fleet;
    private final RowCopy copy = new RowCopy();

    RawRowCopy(DataSource database, Fleet fleet) {
        this.database = database;
        this.fleet = fleet;
    }

    @Override
    public String name() {
        return "rows, one table, no index";
    }

    @Override
    public void prepare(int scrapes) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA IF NOT EXISTS yardstick");
            statement.execute("DROP TABLE IF EXISTS yardstick.raw");
            statement.execute("CREATE TABLE yardstick.raw"
                    + " (series_id bigint NOT NULL, time timestamptz NOT NULL, value double precision NOT NULL)");
        }
    }

    @Override
    public int flush(int scrape) throws SQLException {
        long time = fleet.time(scrape);
        try (Connection connection = database.getConnection()) {
            copy.copy(connection, "yardstick.raw", () -> {
                for (int series = 0; series < Fleet.SERIES; series++) {
                    copy.row(series, time, Fleet.bits(series, scrape));
                }
            });
        }
        return Fleet.SERIES;
    }
}
