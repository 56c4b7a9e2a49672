package io.promgres.bench.parts;

import java.sql.SQLException;
import javax.sql.DataSource;

/** Every second series of each row is there, the others come late: every row is merged. */
final class LateHalves extends LandingWorkload {

    LateHalves(DataSource database, Fleet fleet) {
        super(database, fleet);
    }

    @Override
    public String name() {
        return "scrape rows, the late half of each";
    }

    @Override
    void store(int scrapes) throws SQLException {
        for (int scrape = 0; scrape < scrapes; scrape++) {
            write(scrape, 0, 2);
        }
    }

    @Override
    public int flush(int scrape) throws SQLException {
        return write(scrape, 1, 2);
    }
}
