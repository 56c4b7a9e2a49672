package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import io.promgres.testing.WriteBody;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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
        assertStored(daemon.send(TestSample.of("seen", NOW, 42.5, "job", "api", "instance", "a:1")));

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
                daemon.send(TestSample.of("same_id", NOW, 1, "a", "1"), TestSample.of("same_id", NOW, 2, "a", "2")));

        assertThat(daemon.rows("SELECT s.a, m.value FROM prom_metric.same_id m JOIN prom_series.same_id s"
                        + " USING (series_id, labels) ORDER BY 1"))
                .containsExactly("1|1", "2|2");
    }

    @Test
    void metricsAndLabelsAreListed() throws Exception {
        assertStored(daemon.send(TestSample.of("listed", NOW, 1, "listed_label", "x")));

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
        assertStored(daemon.send(TestSample.ofBits(metric, NOW, bits)));

        assertThat(daemon.rows("SELECT encode(float8send(value), 'hex') FROM prom_metric." + metric))
                .containsExactly(String.format("%016x", bits));
    }

    @Test
    void aTimeKeepsItsMilliseconds() throws Exception {
        long second = NOW / 1000 * 1000;
        assertStored(daemon.send(TestSample.of("millis", second + 1, 1), TestSample.of("millis", second + 999, 2)));

        assertThat(daemon.rows("SELECT (extract(epoch FROM time) * 1000)::bigint FROM prom_metric.millis ORDER BY 1"))
                .containsExactly(Long.toString(second + 1), Long.toString(second + 999));
    }

    @Test
    void aRequestThatIsSentTwiceIsStoredOnceAndAnsweredTheSame() throws Exception {
        byte[] body = WriteBody.of(TestSample.of("twice", NOW, 1, "a", "1"), TestSample.of("twice", NOW, 2, "a", "2"));
        assertStored(daemon.post(body));
        assertStored(daemon.post(body));

        assertThat(daemon.rows("SELECT value FROM prom_metric.twice ORDER BY 1"))
                .containsExactly("1", "2");
    }

    @Test
    void ofTwoValuesForOneTimeTheFirstStays() throws Exception {
        assertStored(daemon.send(TestSample.of("first", NOW, 1)));
        assertStored(daemon.send(TestSample.of("first", NOW, 2)));
        assertStored(daemon.send(TestSample.of("first", NOW - 1, 3), TestSample.of("first", NOW - 1, 4)));

        assertThat(daemon.rows("SELECT value FROM prom_metric.first ORDER BY time"))
                .containsExactly("3", "1");
    }

    @Test
    void theFirstValueStaysEvenIfItIsNaN() throws Exception {
        assertStored(daemon.send(TestSample.of("first_nan", NOW, Double.NaN)));
        assertStored(daemon.send(TestSample.of("first_nan", NOW, 2)));

        assertThat(daemon.rows("SELECT value FROM prom_metric.first_nan")).containsExactly("NaN");
    }

    @Test
    void theRestOfADeliveryIsStoredBesideItsFirstPart() throws Exception {
        for (int part = 1; part <= 3; part++) {
            assertStored(daemon.send(TestSample.of("parts", NOW, part, "job", "parts", "part", "" + part)));
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
        assertStored(daemon.send(TestSample.of(metric, millis, 1)));

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
            assertStored(daemon.send(history.subList(from, from + 26)));
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
        assertStored(daemon.send(samples));

        assertThat(daemon.rows("""
                        SELECT count(*), count(*) FILTER (WHERE value > lag) FROM (
                            SELECT value, lag(value) OVER (ORDER BY time) FROM prom_metric.shuffled) t""")).containsExactly("500|0");
    }

    @Test
    void aSampleOfTheNextMinutesIsStoredAndOneFurtherAheadIsRefused() throws Exception {
        long minute = 60_000L;
        HttpResponse<String> response =
                daemon.send(TestSample.of("ahead", NOW + 9 * minute, 1), TestSample.of("ahead", NOW + 12 * minute, 2));

        assertRejected(response, "too_far_ahead", "600 s ahead");
        assertThat(daemon.rows("SELECT value FROM prom_metric.ahead")).containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -62_135_596_800_001L})
    void aTimeBeforeTheYear1IsRefused(long time) throws Exception {
        assertOneRejected("out_of_range", body -> body.addRaw(time, 1, "__name__", "before_all"), "before_all");
    }

    @Test
    void aSeriesWithoutAMetricNameIsRefused() throws Exception {
        assertOneRejected("no_metric_name", body -> body.addRaw(NOW, 1, "job", "nameless"), "nameless");
    }

    @Test
    void anEmptyMetricNameIsNoMetricName() throws Exception {
        assertOneRejected(
                "no_metric_name", body -> body.addRaw(NOW, 1, "__name__", "", "job", "emptyname"), "emptyname");
    }

    @Test
    void anEmptyLabelNameIsRefused() throws Exception {
        assertOneRejected(
                "empty_label_name", body -> body.addRaw(NOW, 1, "", "x", "__name__", "emptylabel"), "emptylabel");
    }

    @Test
    void aLabelNameThatIsThereTwiceIsRefused() throws Exception {
        assertOneRejected(
                "duplicate_label",
                body -> body.addRaw(NOW, 1, "__name__", "duplicated", "a", "1", "b", "2", "a", "1"),
                "duplicated");
    }

    @Test
    void aLabelValueThatIsNotUtf8IsRefused() throws Exception {
        byte[] surrogate = {'x', (byte) 0xed, (byte) 0xa0, (byte) 0x80};
        assertOneRejected(
                "invalid_utf8",
                body -> body.add(
                        List.of(bytes("__name__"), bytes("garbled"), bytes("a"), surrogate),
                        NOW,
                        Double.doubleToRawLongBits(1)),
                "garbled");
    }

    @Test
    void aMetricNameThatIsNotUtf8IsRefused() throws Exception {
        byte[] latin1 = {'k', (byte) 0xe4, 's', 'e'};
        assertOneRejected(
                "invalid_utf8",
                body -> body.add(List.of(bytes("__name__"), latin1), NOW, Double.doubleToRawLongBits(1)),
                "k\\xe4se");
    }

    @Test
    void theCharacterU0000IsRefusedInAValueAndInAName() throws Exception {
        assertOneRejected("nul_character", body -> body.addRaw(NOW, 1, "__name__", "nul", "a", "x\0y"), "x\\x00y");
        assertOneRejected("nul_character", body -> body.addRaw(NOW, 1, "__name__", "nul", "a\0", "x"), "a\\x00");
    }

    @Test
    void aLabelOfTheLargestSizeIsStoredAndALongerOneIsRefused() throws Exception {
        // Text that does not compress: an index entry holds it as it is.
        String name = random(512, 1);
        String value = random(2048, 2);
        assertStored(daemon.send(TestSample.of("long", NOW, 1, name, value)));

        assertThat(daemon.rows(
                        "SELECT l.value FROM prom_metric.long, unnest(labels) id, LATERAL prom_api.val(id) l(value)"
                                + " WHERE length(l.value) > 4"))
                .containsExactly(value);
        assertOneRejected(
                "label_too_long", body -> body.addRaw(NOW, 1, "__name__", "longer", name + "x", "1"), "longer");
        assertOneRejected(
                "label_too_long", body -> body.addRaw(NOW, 1, "__name__", "longer", "a", value + "x"), "longer");
    }

    @Test
    void aMetricNameOfTheLargestSizeIsStored() throws Exception {
        String metric = random(2048, 3);
        assertStored(daemon.send(TestSample.of(metric, NOW, 1)));

        assertThat(daemon.rows("SELECT count(*) FROM prom_info.metric WHERE metric_name = ?", metric))
                .containsExactly("1");
    }

    @Test
    void aSeriesWithTooManyLabelsIsRefused() throws Exception {
        assertStored(
                daemon.post(new WriteBody().addRaw(NOW, 1, labels("many", 100)).encode()));
        assertOneRejected("too_many_labels", body -> body.addRaw(NOW, 1, labels("too_many", 101)), "101 labels");
    }

    @Test
    void aMetricTakes500DifferentLabelNamesAndRefusesSeriesThatBringMore() throws Exception {
        for (int from = 0; from < 499; from += 80) {
            List<TestSample> samples = new ArrayList<>();
            for (int i = from; i < Math.min(499, from + 80); i++) {
                samples.add(TestSample.of("wide", NOW, i, "label_number_" + i, "x"));
            }
            assertStored(daemon.send(samples));
        }

        assertOneRejected(
                "too_many_label_names", body -> body.addRaw(NOW, 1, "__name__", "wide", "one_more", "x"), "wide");
        assertThat(daemon.rows("SELECT count(*), max(value) FROM prom_metric.wide"))
                .containsExactly("499|498");
        assertThat(daemon.rows("SELECT label_number_498 FROM prom_series.wide WHERE label_number_498 IS NOT NULL"))
                .containsExactly("x");
    }

    @Test
    void theAnswerCountsByReasonAndNamesTheFirstOffender() throws Exception {
        HttpResponse<String> response = daemon.post(new WriteBody()
                .add(TestSample.of("counted", NOW, 1))
                .addRaw(NOW, 1, "job", "first_offender")
                .addRaw(NOW, 1, "job", "second_offender")
                .addRaw(NOW, 1, "__name__", "x", "a", "1", "a", "2")
                .encode());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .contains("3 are not stored", "2 no_metric_name", "1 duplicate_label", "first_offender")
                .doesNotContain("second_offender");
        daemon.awaitViews();
        assertThat(daemon.rows("SELECT value FROM prom_metric.counted")).containsExactly("1");
    }

    @Test
    void aLabelWithAnEmptyValueIsNotThere() throws Exception {
        assertStored(daemon.post(new WriteBody()
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
        assertStored(daemon.post(new WriteBody()
                .addRaw(NOW, 1, "__name__", "order", "a", "1", "b", "2")
                .encode()));
        assertStored(daemon.post(new WriteBody()
                .addRaw(NOW - 1, 2, "b", "2", "a", "1", "__name__", "order")
                .encode()));

        assertThat(daemon.rows("SELECT count(*), count(DISTINCT series_id) FROM prom_metric.order"))
                .containsExactly("2|1");
    }

    @Test
    void anEmptyRequestIsStored() throws Exception {
        assertStored(daemon.send());
    }

    @Test
    void aBodyThatIsNotSnappyOrNotProtobufIsRefusedAndNothingIsStored() throws Exception {
        byte[] good = new WriteBody().add(TestSample.of("broken", NOW, 1)).encode();
        byte[] cut = java.util.Arrays.copyOf(good, good.length - 1);
        byte[] notProtobuf = WriteBody.compress(bytes("broken, and no protobuf message at all"));

        assertThat(daemon.post(bytes("not snappy")).statusCode()).isEqualTo(400);
        assertThat(daemon.post(new byte[0]).statusCode()).isEqualTo(400);
        assertThat(daemon.post(cut).statusCode()).isEqualTo(400);
        assertThat(daemon.post(notProtobuf).statusCode()).isEqualTo(400);
        assertThat(daemon.rows("SELECT count(*) FROM prom_info.metric WHERE metric_name = 'broken'"))
                .containsExactly("0");
    }

    @Test
    void anotherContentTypeOrEncodingIs415() throws Exception {
        byte[] body = WriteBody.of(TestSample.of("other_type", NOW, 1));

        assertThat(daemon.sender().post(body, "application/json", "snappy").statusCode())
                .isEqualTo(415);
        assertThat(daemon.sender().post(body, "application/x-protobuf", "gzip").statusCode())
                .isEqualTo(415);
    }

    @Test
    void anotherMethodIs405() throws Exception {
        assertThat(daemon.sender().get("/api/v1/write").statusCode()).isEqualTo(405);
    }

    @Test
    void aBodyOver32MebibytesIs413AndADeclaredLengthOverItIs400() throws Exception {
        byte[] declares33Mebibytes = {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x84, 0, 0};

        assertThat(daemon.post(declares33Mebibytes).statusCode()).isEqualTo(400);
        assertThat(daemon.post(new byte[(32 << 20) + 1]).statusCode()).isEqualTo(413);
    }

    private interface Addition {
        void to(WriteBody body);
    }

    /** Sends a sample that cannot be stored between two that can. */
    private static void assertOneRejected(String reason, Addition bad, String offender) throws Exception {
        String neighbour = "neighbour_" + reason;
        WriteBody body = new WriteBody().add(TestSample.of(neighbour, NOW, 1, "side", "left"));
        bad.to(body);
        body.add(TestSample.of(neighbour, NOW, 2, "side", "right"));

        assertRejected(daemon.post(body.encode()), reason, offender);
        assertThat(daemon.rows("SELECT value FROM prom_metric." + neighbour + " ORDER BY 1"))
                .containsExactly("1", "2");
    }

    private static void assertRejected(HttpResponse<String> response, String reason, String offender) throws Exception {
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("not stored (1 " + reason + ")", offender);
        daemon.awaitViews();
    }

    private static void assertStored(HttpResponse<String> response) throws Exception {
        assertThat(response.body()).isEmpty();
        assertThat(response.statusCode()).isEqualTo(204);
        daemon.awaitViews();
    }

    private static String[] labels(String metric, int count) {
        List<String> labels = new ArrayList<>(List.of("__name__", metric));
        for (int i = 1; i < count; i++) {
            labels.add(String.format("z%03d", i));
            labels.add("x");
        }
        return labels.toArray(String[]::new);
    }

    private static String random(int length, long seed) {
        return new Random(seed)
                .ints(length, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
