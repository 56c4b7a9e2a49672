package io.promgres;

import static io.promgres.testing.WriteAnswers.assertRejected;
import static io.promgres.testing.WriteAnswers.assertStored;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import io.promgres.testing.WriteBody;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a sender sends, what it is answered, and what is then in the views. Each test has metrics of its own. */
class IngestIT {

    private static final long NOW = Instant.now().toEpochMilli();

    private static TestDatabase database;
    private static RunningDaemon daemon;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @Test
    void aSampleIsARowOfItsMetricsViewWithItsLabels() throws Exception {
        assertStored(daemon, daemon.send(TestSample.of("seen", NOW, 42.5, "job", "api", "instance", "a:1")));

        assertThat(daemon.rows("""
                        SELECT extract(epoch FROM time) * 1000 = ?, value, prom_api.val(job_id), prom_api.val(instance_id),
                               prom_api.jsonb(labels)
                        FROM prom_metric.seen""", NOW))
                .containsExactly("t|42.5|api|a:1|{\"job\": \"api\", \"__name__\": \"seen\", \"instance\": \"a:1\"}");
        assertThat(daemon.rows("SELECT job, instance FROM prom_series.seen")).containsExactly("api|a:1");
    }

    @Test
    void theSameSeriesHasOneIdInBothViews() throws Exception {
        assertStored(
                daemon,
                daemon.send(TestSample.of("same_id", NOW, 1, "a", "1"), TestSample.of("same_id", NOW, 2, "a", "2")));

        assertThat(daemon.rows("SELECT s.a, m.value FROM prom_metric.same_id m JOIN prom_series.same_id s"
                        + " USING (series_id, labels) ORDER BY 1"))
                .containsExactly("1|1", "2|2");
    }

    @Test
    void metricsAndLabelsAreListed() throws Exception {
        assertStored(daemon, daemon.send(TestSample.of("listed", NOW, 1, "listed_label", "x")));

        assertThat(daemon.rows("SELECT table_name, label_keys FROM prom_info.metric WHERE metric_name = 'listed'"))
                .containsExactly("listed|{__name__,listed_label}");
        assertThat(daemon.rows("SELECT value_column_name, id_column_name, values, num_values FROM prom_info.label"
                        + " WHERE key = 'listed_label'"))
                .containsExactly("listed_label|listed_label_id|{x}|1");
    }

    /** Prometheus' stale marker and its own NaN, other NaNs (quiet, signalling, negative), and the ends of the range. */
    @ParameterizedTest
    @ValueSource(
            longs = {
                0x7ff0000000000002L,
                0x7ff8000000000001L,
                0x7ff8000000000000L,
                0xfff8000000000000L,
                0x7fffffffffffffffL,
                0x7ff0000000000001L,
                0xfff4dead00beef01L,
                0x8000000000000000L,
                0x0000000000000000L,
                0x7ff0000000000000L,
                0xfff0000000000000L,
                0x0000000000000001L,
                0x800fffffffffffffL,
                0x7fefffffffffffffL,
                0x3fb999999999999aL
            })
    void aValueKeepsItsBits(long bits) throws Exception {
        String metric = "bits_" + Long.toHexString(bits);
        assertStored(daemon, daemon.send(TestSample.ofBits(metric, NOW, bits)));

        assertThat(daemon.rows("SELECT encode(float8send(value), 'hex') FROM prom_metric." + metric))
                .containsExactly(String.format("%016x", bits));
    }

    @Test
    void aTimeKeepsItsMilliseconds() throws Exception {
        long second = NOW / 1000 * 1000;
        assertStored(
                daemon, daemon.send(TestSample.of("millis", second + 1, 1), TestSample.of("millis", second + 999, 2)));

        assertThat(daemon.rows("SELECT (extract(epoch FROM time) * 1000)::bigint FROM prom_metric.millis ORDER BY 1"))
                .containsExactly(Long.toString(second + 1), Long.toString(second + 999));
    }

    @Test
    void aRequestThatIsSentTwiceIsStoredOnceAndAnsweredTheSame() throws Exception {
        byte[] body = WriteBody.of(TestSample.of("twice", NOW, 1, "a", "1"), TestSample.of("twice", NOW, 2, "a", "2"));
        assertStored(daemon, daemon.post(body));
        assertStored(daemon, daemon.post(body));

        assertThat(daemon.rows("SELECT value FROM prom_metric.twice ORDER BY 1"))
                .containsExactly("1", "2");
    }

    @Test
    void ofTwoValuesForOneTimeTheFirstStays() throws Exception {
        assertStored(daemon, daemon.send(TestSample.of("first", NOW, 1)));
        assertStored(daemon, daemon.send(TestSample.of("first", NOW, 2)));
        assertStored(daemon, daemon.send(TestSample.of("first", NOW - 1, 3), TestSample.of("first", NOW - 1, 4)));

        assertThat(daemon.rows("SELECT value FROM prom_metric.first ORDER BY time"))
                .containsExactly("3", "1");
    }

    @Test
    void theFirstValueStaysEvenIfItIsNaN() throws Exception {
        assertStored(daemon, daemon.send(TestSample.of("first_nan", NOW, Double.NaN)));
        assertStored(daemon, daemon.send(TestSample.of("first_nan", NOW, 2)));

        assertThat(daemon.rows("SELECT value FROM prom_metric.first_nan")).containsExactly("NaN");
    }

    @Test
    void theRestOfADeliveryIsStoredBesideItsFirstPart() throws Exception {
        for (int part = 1; part <= 3; part++) {
            assertStored(daemon, daemon.send(TestSample.of("parts", NOW, part, "job", "parts", "part", "" + part)));
        }

        assertThat(daemon.rows("SELECT value FROM prom_metric.parts ORDER BY 1"))
                .containsExactly("1", "2", "3");
        assertThat(daemon.rows("""
                        SELECT string_agg(part || ':' || values::text, ' ' ORDER BY part) FROM prom_data.landing
                        WHERE group_id IN (SELECT s.group_id FROM _prom_catalog.series s
                                           JOIN _prom_catalog.metric m ON m.id = s.metric_id
                                           WHERE m.metric_name = 'parts')""")).containsExactly("0:{1} 1:{NULL,2} 2:{NULL,NULL,3}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0001-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999Z",
                "1970-01-01T00:00:00Z",
                "1999-12-31T23:59:59.999Z",
                "2000-02-29T12:00:00.001Z",
                "2019-07-01T00:00:00Z"
            })
    void aSampleOfLongAgoIsStored(String time) throws Exception {
        long millis = Instant.parse(time).toEpochMilli();
        String metric = "old_" + millis;
        assertStored(daemon, daemon.send(TestSample.of(metric, millis, 1)));

        assertThat(daemon.rows("SELECT time = ?::timestamptz FROM prom_metric.\"" + metric + '"', time))
                .containsExactly("t");
    }

    @Test
    void twoYearsOfHistoryComeInBackwards() throws Exception {
        long week = 7 * 24 * 3600_000L;
        List<TestSample> history = new ArrayList<>();
        for (int age = 0; age < 104; age++) {
            history.add(TestSample.of("history", NOW - age * week, age));
        }
        for (int from = 0; from < history.size(); from += 26) {
            assertStored(daemon, daemon.send(history.subList(from, from + 26)));
        }

        assertThat(daemon.rows("SELECT count(*), min(value), max(value) FROM prom_metric.history"))
                .containsExactly("104|0|103");
        assertThat(daemon.rows("SELECT value FROM prom_metric.history WHERE time < now() - interval '360 days'"
                        + " ORDER BY time DESC LIMIT 1"))
                .containsExactly("52");
    }

    @Test
    void samplesInAnyOrderAreStored() throws Exception {
        List<TestSample> samples = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            samples.add(TestSample.of("shuffled", NOW - i * 1000L, i));
        }
        Collections.shuffle(samples, new Random(7));
        assertStored(daemon, daemon.send(samples));

        assertThat(daemon.rows("""
                        SELECT count(*), count(*) FILTER (WHERE value > lag) FROM (
                            SELECT value, lag(value) OVER (ORDER BY time) FROM prom_metric.shuffled) t""")).containsExactly("500|0");
    }

    @Test
    void aSampleOfTheNextMinutesIsStoredAndOneFurtherAheadIsRefused() throws Exception {
        long minute = 60_000L;
        HttpResponse<String> response =
                daemon.send(TestSample.of("ahead", NOW + 9 * minute, 1), TestSample.of("ahead", NOW + 12 * minute, 2));

        assertRejected(daemon, response, "too_far_ahead", "600 s ahead");
        assertThat(daemon.rows("SELECT value FROM prom_metric.ahead")).containsExactly("1");
    }

    @Test
    void aLabelWithAnEmptyValueIsNotThere() throws Exception {
        assertStored(
                daemon,
                daemon.post(new WriteBody()
                        .addRaw(NOW, 1, "__name__", "absent", "a", "", "b", "2")
                        .addRaw(NOW - 1, 2, "__name__", "absent", "b", "2")
                        .encode()));

        assertThat(daemon.rows("SELECT count(*), count(DISTINCT series_id) FROM prom_metric.absent"))
                .containsExactly("2|1");
        assertThat(daemon.rows("SELECT label_keys FROM prom_info.metric WHERE metric_name = 'absent'"))
                .containsExactly("{__name__,b}");
    }

    @Test
    void labelsInAnotherOrderAreTheSameSeries() throws Exception {
        assertStored(
                daemon,
                daemon.post(new WriteBody()
                        .addRaw(NOW, 1, "__name__", "order", "a", "1", "b", "2")
                        .encode()));
        assertStored(
                daemon,
                daemon.post(new WriteBody()
                        .addRaw(NOW - 1, 2, "b", "2", "a", "1", "__name__", "order")
                        .encode()));

        assertThat(daemon.rows("SELECT count(*), count(DISTINCT series_id) FROM prom_metric.order"))
                .containsExactly("2|1");
    }

    @Test
    void anEmptyRequestIsStored() throws Exception {
        assertStored(daemon, daemon.send());
    }
}
