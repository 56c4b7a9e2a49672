package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Places of series in the landing table: taken, given back, given to others, while daemons remember who had them. */
class PlacesIT {

    private static final int SERIES = 100;
    private static final String GROUPS_OF_ALL = "SELECT array_agg(id) FROM _prom_catalog.series_group";

    private final long now = System.currentTimeMillis();
    private final Set<TestSample> expected = new HashSet<>();
    private TestDatabase database;
    private RunningDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        store(delivery(now, 0, SERIES));
    }

    @AfterEach
    void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @Test
    void aSeriesThatSendsIsNotRetired() throws Exception {
        assertThat(daemon.rows("SELECT _prom_catalog.retire_silent_series((" + GROUPS_OF_ALL + "), '0 seconds')"))
                .containsExactly("0");
    }

    @Test
    void aSilentSeriesGivesItsPlaceToAnotherAndReturnsWithItsId() throws Exception {
        List<String> idsBefore = ids();
        packEverything();
        retireAndFree();
        assertThat(daemon.rows("SELECT count(*) FROM _prom_catalog.series WHERE group_id IS NOT NULL"))
                .containsExactly("0");

        // Others take the places that the daemon still remembers as those of the first ones.
        store(delivery(now + 1_000, SERIES, 2 * SERIES));
        assertThat(daemon.rows("SELECT count(*) FROM _prom_catalog.series_group"))
                .containsExactly("2");
        store(delivery(now + 2_000, 0, 2 * SERIES));

        assertThat(new HashSet<>(daemon.stored())).isEqualTo(expected);
        assertThat(ids()).containsAll(idsBefore);
    }

    @Test
    void aSeriesThatReturnsInTimeKeepsItsPlace() throws Exception {
        packEverything();
        daemon.rows("SELECT _prom_catalog.retire_silent_series((" + GROUPS_OF_ALL + "), '0 seconds')");
        List<String> before = places();

        store(delivery(now + 1_000, 0, SERIES));
        daemon.rows("SELECT _prom_catalog.free_places('0 seconds')");

        assertThat(places()).isEqualTo(before);
        assertThat(new HashSet<>(daemon.stored())).isEqualTo(expected);
    }

    @Test
    void deletedSeriesThatADaemonStillKnowsComeBackAsNewOnes() throws Exception {
        daemon.awaitViews();
        daemon.rows(
                "SELECT prom_api.delete_series_from_metric('m0', (SELECT array_agg(series_id) FROM prom_series.m0))");
        daemon.rows("SELECT _prom_catalog.free_places('0 seconds')");
        expected.removeIf(sent -> sent.labels().get("__name__").equals("m0"));

        store(delivery(now + 1_000, SERIES, SERIES + 20));
        store(delivery(now + 2_000, 0, SERIES));

        assertThat(new HashSet<>(daemon.stored())).isEqualTo(expected);
    }

    @Test
    void seriesOfWhichNothingIsLeftAreRemovedWithTheirLabels() throws Exception {
        daemon.rows("SELECT prom_api.set_default_retention_period(interval '1 second')");
        packEverything();
        retireAndFree();
        Await.until("the samples have expired", () -> System.currentTimeMillis() > now + 1_100);
        daemon.rows("SELECT count(_prom_catalog.expire_metric(id)) FROM _prom_catalog.metric");
        daemon.rows("SELECT count(_prom_catalog.remove_expired_series(id)) FROM _prom_catalog.metric");
        daemon.rows("SELECT count(*) FROM (SELECT _prom_catalog.free_places('0 seconds')) f");

        assertThat(daemon.rows("SELECT count(*) FROM _prom_catalog.series")).containsExactly("0");
        assertThat(daemon.rows("SELECT count(*) FROM _prom_catalog.series_group"))
                .containsExactly("0");
        assertThat(daemon.rows("SELECT count(*) FROM prom_data.vector")).containsExactly("0");

        expected.clear();
        store(delivery(now + 1_000, 0, SERIES));
        assertThat(new HashSet<>(daemon.stored())).isEqualTo(expected);
    }

    /** A scrape that is too large for a request comes in pieces: a group that is in all of them has a row for each. */
    @Test
    void whoJoinsALargeTargetSharesRowsWithItsNeighboursInAScrape() throws Exception {
        int metrics = 64;
        int piece = 16;
        store(ofCluster(now, 0, metrics, 0, 64));
        for (int pod = 64; pod < 96; pod++) {
            for (int metric = 0; metric < metrics; metric += piece) {
                store(ofCluster(now + 1_000, metric, metric + piece, pod, pod + 1));
            }
        }
        for (int metric = 0; metric < metrics; metric += piece) {
            store(ofCluster(now + 2_000, metric, metric + piece, 0, 96));
        }

        // 64 rows of the first ones. Of those who joined, the 32 groups would be in all four pieces if metrics did not
        // count.
        String rows = daemon.rows("SELECT count(*) FROM prom_data.landing WHERE time = to_timestamp(" + (now + 2_000)
                        + " / 1000.0)")
                .get(0);
        assertThat(Integer.parseInt(rows)).isBetween(96, 140);
        assertThat(new HashSet<>(daemon.stored())).isEqualTo(expected);
    }

    private static List<TestSample> ofCluster(long time, int fromMetric, int toMetric, int fromPod, int toPod) {
        List<TestSample> delivery = new ArrayList<>();
        for (int metric = fromMetric; metric < toMetric; metric++) {
            for (int pod = fromPod; pod < toPod; pod++) {
                delivery.add(TestSample.of(
                        "kube_pod_" + metric, time, pod, "job", "kube", "instance", "cluster", "pod", "" + pod));
            }
        }
        return delivery;
    }

    /** As if the block had closed. */
    private void packEverything() throws Exception {
        daemon.awaitViews();
        daemon.rows(
                "SELECT _prom_catalog.seal_partition(name) FROM _prom_catalog.landing_partition WHERE lower <= now() AND upper > now()");
        try (Connection connection = daemon.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CALL prom_api.execute_maintenance()");
        }
        assertThat(daemon.rows("SELECT count(*) FROM prom_data.landing")).containsExactly("0");
    }

    private void retireAndFree() throws Exception {
        daemon.rows("SELECT _prom_catalog.retire_silent_series((" + GROUPS_OF_ALL + "), '0 seconds')");
        assertThat(daemon.rows("SELECT _prom_catalog.free_places('0 seconds')")).containsExactly("" + SERIES);
    }

    private List<String> ids() throws Exception {
        return daemon.rows("SELECT id FROM _prom_catalog.series ORDER BY id");
    }

    private List<String> places() throws Exception {
        return daemon.rows("SELECT id, group_id, slot FROM _prom_catalog.series ORDER BY id");
    }

    private static List<TestSample> delivery(long time, int from, int to) {
        List<TestSample> delivery = new ArrayList<>();
        for (int n = from; n < to; n++) {
            delivery.add(TestSample.of(
                    "m" + n % 5, time, n + time % 1_000_000, "job", "node", "instance", "host", "n", "" + n));
        }
        return delivery;
    }

    /** Sends until it is stored, as Prometheus does. */
    private void store(List<TestSample> delivery) throws Exception {
        for (int attempt = 0; attempt < 5; attempt++) {
            HttpResponse<String> response = daemon.send(delivery);
            if (response.statusCode() == 204) {
                expected.addAll(delivery);
                return;
            }
            assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
        }
        throw new AssertionError("not stored in 5 attempts");
    }
}
