package io.promgres.bench.parts;

import java.sql.SQLException;
import javax.sql.DataSource;

/** New scrapes in order: the writer copies straight into the partition. */
final class DirectCopy extends LandingWorkload {

    DirectCopy(DataSource database, Fleet fleet) {
        super(database, fleet);
    }

    @Override
    public String name() {
        return "scrape rows, direct COPY";
    }

    @Override
    public int flush(int scrape) throws SQLException {
        return write(scrape);
    }
}
