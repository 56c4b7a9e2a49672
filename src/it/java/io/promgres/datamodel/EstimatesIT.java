package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The number of samples that prom_info tells without counting them. */
class EstimatesIT {

    private static final int SERIES = 64;
    private static final int SCRAPES = 240;
    private static final long BEGIN = System.currentTimeMillis() - SCRAPES * 1_000L;

    private TestDatabase database;
    private RunningDaemon db;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.fresh();
        db = RunningDaemon.on(database);
    }

    @AfterEach
    void close() throws Exception {
        db.close();
        database.close();
    }

    @Test
    void whatCameInWholeScrapesIsEstimatedFromItsRows() throws Exception {
        send(0, SERIES);
        assertEstimated();
    }

    @Test
    void whatCameInManyPartsIsNotTakenForManyScrapes() throws Exception {
        for (int series = 0; series < SERIES; series += 4) {
            send(series, series + 4);
        }
        assertThat(db.value("SELECT count(*) FROM prom_data.landing")).isEqualTo("" + SCRAPES * SERIES / 4);
        assertEstimated();
    }

    private void send(int from, int to) throws Exception {
        List<TestSample> samples = new ArrayList<>();
        for (int scrape = 0; scrape < SCRAPES; scrape++) {
            for (int series = from; series < to; series++) {
                samples.add(TestSample.of("up", BEGIN + scrape * 1_000L, scrape, "job", "j", "n", "" + series));
            }
        }
        assertThat(db.send(samples).statusCode()).isEqualTo(204);
    }

    private void assertEstimated() throws Exception {
        db.execute("ANALYZE prom_data.landing");
        assertThat(Integer.parseInt(
                        db.value("SELECT num_samples_approx FROM prom_info.metric_stats WHERE metric_name = 'up'")))
                .isBetween(SERIES * SCRAPES * 3 / 4, SERIES * SCRAPES * 4 / 3);
    }
}
