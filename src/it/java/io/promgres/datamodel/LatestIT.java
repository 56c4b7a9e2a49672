package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.testing.Packed;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Last values and newest samples, of both tiers. */
class LatestIT {

    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long NOW = System.currentTimeMillis();
    private static final String LATEST = "SELECT val(node_id), (extract(epoch FROM time) * 1000)::bigint - " + NOW
            + ", value FROM prom_latest.load ORDER BY 1";

    private TestDatabase database;
    private RunningDaemon db;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.migrated();
        db = RunningDaemon.on(database);
    }

    @AfterEach
    void stop() throws Exception {
        db.close();
        database.close();
    }

    @Test
    void aSeriesIsShownWithItsLastSampleWhicheverTierHasIt() throws Exception {
        send("packed", NOW - 8 * HOUR, NOW - 6 * HOUR, 1);
        send("both", NOW - 8 * HOUR, NOW - 6 * HOUR, 2);
        pack();
        send("both", NOW - 2 * MINUTE, NOW, 3);
        send("landed", NOW - 2 * MINUTE, NOW, 4);

        assertThat(db.rows(LATEST))
                .containsExactly("both|-60000|3", "landed|-60000|4", "packed|" + (-6 * HOUR - MINUTE) + "|1");
    }

    @Test
    void aMetricIsReadByANameThatIsAValueAndNoNameIsNoMetric() throws Exception {
        send("packed", NOW - 8 * HOUR, NOW - 6 * HOUR, 1);
        pack();
        send("landed", NOW - 2 * MINUTE, NOW, 2);
        String range = "now() - interval '1 day', now()";
        for (String same : List.of(
                "latest_of('load') | prom_latest.load | time, value, series_id, labels",
                "series_of('load') | prom_series.load | series_id, labels",
                "samples_of('load', " + range + ") | prom_metric.load | time, value, series_id, labels")) {
            String[] part = same.split(" [|] ");
            assertThat(db.rows("SELECT " + part[2] + " FROM " + part[0]))
                    .as(same)
                    .isNotEmpty()
                    .containsExactlyInAnyOrderElementsOf(db.rows("SELECT " + part[2] + " FROM " + part[1]));
        }
        for (String name : List.of("NULL", "''", "'no \"metric\"'")) {
            assertThat(db.rows("SELECT time FROM latest_of(" + name + ") UNION ALL SELECT time FROM samples_of(" + name
                            + ", " + range + ") UNION ALL SELECT now() FROM series_of(" + name + ")"))
                    .as(name)
                    .isEmpty();
        }
    }

    @Test
    void whatComesLateDoesNotHideWhatIsNewerAndPacked() throws Exception {
        send("a", NOW - 6 * HOUR, NOW - 5 * HOUR, 1);
        pack();
        send("a", NOW - 8 * HOUR, NOW - 7 * HOUR, 2);

        assertThat(db.rows(LATEST)).containsExactly("a|" + (-5 * HOUR - MINUTE) + "|1");
        pack();
        assertThat(db.rows(LATEST)).containsExactly("a|" + (-5 * HOUR - MINUTE) + "|1");
    }

    @Test
    void theLastOfPackedValuesOfEveryKindIsShown() throws Exception {
        List<TestSample> sent = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
            long time = NOW - 6 * HOUR + n * MINUTE;
            sent.add(TestSample.of("load", time, 7, "node", "constant"));
            sent.add(TestSample.of("load", time, n % 2 * 65_535, "node", "short"));
            sent.add(TestSample.of("load", time, n % 2 * 4_294_967_295.0, "node", "int"));
            sent.add(TestSample.of("load", time, n * 1_000_000 + n % 3, "node", "line"));
            sent.add(TestSample.of("load", time, 1.0 / (n + 1), "node", "float"));
            sent.add(TestSample.ofBits(
                    "load", time, n < 19 ? Double.doubleToRawLongBits(n) : 0x7ff0000000000002L, "node", "stale"));
            sent.add(TestSample.ofBits("load", time, n < 19 ? n : 0x7ff8000000000000L, "node", "nan"));
        }
        db.send(sent);
        db.awaitViews();
        pack();

        assertThat(db.rows("SELECT val(node_id), value FROM prom_latest.load ORDER BY 1"))
                .containsExactly(
                        "constant|7", "float|0.05", "int|4294967295", "line|19000001", "nan|NaN", "short|65535");
        assertThat(db.rows("SELECT DISTINCT kind FROM " + Packed.of("load") + " ORDER BY 1"))
                .containsExactly("0", "1", "2", "3", "4", "12");
    }

    @Test
    void whatIsOlderThanTheLookbackIsNotShownInEitherTier() throws Exception {
        send("old", NOW - 50 * HOUR, NOW - 48 * HOUR, 1);
        pack();
        send("late", NOW - 50 * HOUR, NOW - 48 * HOUR, 2);
        send("new", NOW - MINUTE, NOW, 3);
        assertThat(db.value("SELECT get_latest_lookback()")).isEqualTo("1 day");
        assertThat(db.rows(LATEST)).containsExactly("new|-60000|3");

        assertThat(db.value("SELECT set_latest_lookback('3 days')")).isEqualTo("t");
        assertThat(db.rows(LATEST))
                .containsExactly(
                        "late|" + (-48 * HOUR - MINUTE) + "|2", "new|-60000|3", "old|" + (-48 * HOUR - MINUTE) + "|1");
        assertThatThrownBy(() -> db.value("SELECT set_latest_lookback('-1 day')"))
                .hasMessageContaining("a lookback is longer than 0, not -1 days");
    }

    @Test
    void theNewestSamplesAreFoundInBothTiersAndFarApart() throws Exception {
        send("a", NOW - 50 * HOUR, NOW - 50 * HOUR + 3 * MINUTE, 1);
        pack();
        send("a", NOW - MINUTE, NOW, 2);
        String newest =
                "SELECT (extract(epoch FROM time) * 1000)::bigint - " + NOW + ", value, jsonb(labels) ->> 'node'"
                        + " FROM newest_samples('load', %d) WITH ORDINALITY ORDER BY ordinality";

        assertThat(db.rows(newest.formatted(1))).containsExactly("-60000|2|a");
        assertThat(db.rows(newest.formatted(2))).containsExactly("-60000|2|a", (-50 * HOUR + 2 * MINUTE) + "|1|a");
        assertThat(db.rows(newest.formatted(100))).hasSize(4);
        assertThatThrownBy(() -> db.rows(newest.formatted(0)))
                .hasMessageContaining("a number of samples is above 0, not 0");
        assertThatThrownBy(() -> db.rows("SELECT newest_samples('nope')"))
                .hasMessageContaining("there is no metric nope");
    }

    private void send(String node, long from, long to, double value) throws Exception {
        List<TestSample> sent = new ArrayList<>();
        for (long time = from; time < to; time += MINUTE) {
            sent.add(TestSample.of("load", time, value, "node", node));
        }
        assertThat(db.send(sent).statusCode()).isEqualTo(204);
        db.awaitViews();
    }

    private void pack() throws Exception {
        db.execute("CALL prom_api.execute_maintenance()");
    }
}
