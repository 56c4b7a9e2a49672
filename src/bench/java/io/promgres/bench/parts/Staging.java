package io.promgres.bench.parts;

import java.sql.SQLException;
import javax.sql.DataSource;

/** New scrapes, the newest first: the writer cannot take them for new, and sends all through the staging table. */
final class Staging extends LandingWorkload {

    private int newest;

    Staging(DataSource database, Fleet fleet) {
        super(database, fleet);
    }

    @Override
    public String name() {
        return "scrape rows, all through staging, no conflicts";
    }

    @Override
    void store(int scrapes) throws SQLException {
        newest = scrapes;
        write(newest);
    }

    @Override
    public int flush(int scrape) throws SQLException {
        return write(newest - 1 - scrape);
    }
}
