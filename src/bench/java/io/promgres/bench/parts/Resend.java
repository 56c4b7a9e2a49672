package io.promgres.bench.parts;

import java.sql.SQLException;
import javax.sql.DataSource;

/** Everything is sent a second time. */
final class Resend extends LandingWorkload {

    private final boolean afterRestart;

    /** @param afterRestart whether the writer has forgotten what it wrote: its first COPY fails */
    Resend(DataSource database, Fleet fleet, boolean afterRestart) {
        super(database, fleet);
        this.afterRestart = afterRestart;
    }

    @Override
    public String name() {
        return "scrape rows, all sent again" + (afterRestart ? ", after a restart" : "");
    }

    @Override
    void store(int scrapes) throws SQLException {
        for (int scrape = 0; scrape < scrapes; scrape++) {
            write(scrape);
        }
        if (afterRestart) {
            restart();
        }
    }

    @Override
    public int flush(int scrape) throws SQLException {
        return write(scrape);
    }
}
