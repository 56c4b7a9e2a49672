package io.promgres;

import static io.promgres.testing.WriteAnswers.assertRejected;
import static io.promgres.testing.WriteAnswers.assertStored;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import io.promgres.testing.WriteBody;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not stored, with the status and the reason that the sender is given. Each test has metrics of its own. */
class RefusedSamplesIT {

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
        assertStored(daemon, daemon.send(TestSample.of("long", NOW, 1, name, value)));

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
        assertStored(daemon, daemon.send(TestSample.of(metric, NOW, 1)));

        assertThat(daemon.rows("SELECT count(*) FROM prom_info.metric WHERE metric_name = ?", metric))
                .containsExactly("1");
    }

    @Test
    void aSeriesWithTooManyLabelsIsRefused() throws Exception {
        assertStored(
                daemon,
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
            assertStored(daemon, daemon.send(samples));
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

        assertRejected(daemon, daemon.post(body.encode()), reason, offender);
        assertThat(daemon.rows("SELECT value FROM prom_metric." + neighbour + " ORDER BY 1"))
                .containsExactly("1", "2");
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
