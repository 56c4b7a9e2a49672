package io.promgres.bench.parts;

import io.promgres.model.LandingRows;
import io.promgres.model.PlaceEpoch;
import io.promgres.store.LandingWriter;
import io.promgres.store.RerouteException;
import io.promgres.store.SeriesStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/** Scrape rows into the landing table, by the product's own writer. */
abstract class LandingWorkload implements WriteWorkload {

    private static final Duration BLOCK = Duration.ofHours(2);

    private final DataSource database;
    private final Fleet fleet;
    private final LandingRows rows = new LandingRows(1 << 14);
    private LandingWriter writer;

    private PlaceEpoch places;

    LandingWorkload(DataSource database, Fleet fleet) {
        this.database = database;
        this.fleet = fleet;
    }

    @Override
    public void prepare(int scrapes) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("TRUNCATE prom_data.landing");
        }
        restart();
        store(scrapes);
    }

    /** Stores what has to be there first. */
    void store(int scrapes) throws SQLException {}

    /** A new writer, that knows nothing of what is stored. */
    final void restart() throws SQLException {
        places = new SeriesStore(database).places();
        writer = new LandingWriter(database, BLOCK);
    }

    /** Writes every series of a scrape. */
    final int write(int scrape) throws SQLException {
        return write(scrape, 0, 1);
    }

    /** Writes each {@code step}th series of a scrape. */
    final int write(int scrape, int from, int step) throws SQLException {
        int samples = fleet.collect(rows, scrape, from, step);
        try {
            writer.write(rows, places);
        } catch (RerouteException e) {
            throw new IllegalStateException("nothing is packed or removed here", e);
        }
        return samples;
    }
}
