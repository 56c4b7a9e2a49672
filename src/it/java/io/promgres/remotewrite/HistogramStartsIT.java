package io.promgres.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.WriteV2.Histogram;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When series began of which only native histograms are sent. */
class HistogramStartsIT extends HistogramFixture {

    @Test
    void aStartIsStoredOnceForAllHistogramsThatHaveIt() throws Exception {
        for (int i = 0; i < 3; i++) {
            send(new MessagesV2(), "started", histogram(now + i).setStartTimestamp(now - 60_000));
        }
        assertThat(starts("started")).containsExactly("-60000|0");
        send(new MessagesV2(), "started", histogram(now + 5).setStartTimestamp(now + 4));
        assertThat(starts("started")).containsExactly("-60000|0", "4|5");
    }

    @Test
    void theStartOfTheOlderLayoutIsThatOfAllHistogramsThatHaveNoneOfTheirOwn() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "created")
                .addHistograms(histogram(now))
                .addHistograms(histogram(now + 1).setStartTimestamp(now - 3))
                .setCreatedTimestamp(now - 7);
        post(request);
        assertThat(starts("created")).containsExactly("-7|0", "-3|1");
        promgres.makeViews();
        assertThat(promgres.query("SELECT round(extract(epoch FROM start_time) * 1000) - " + now
                        + ", count, sum FROM prom_histogram.created ORDER BY time"))
                .containsExactly("-7|2|0.5", "-3|2|0.5");
    }

    @Test
    void aHistogramWithoutAStartLeavesNone() throws Exception {
        send(new MessagesV2(), "without", histogram(now));
        assertThat(starts("without")).isEmpty();
    }

    @Test
    void aStartThatIsNoTimeWhichCanBeStoredIsPassedOverAndTheHistogramIsNot() throws Exception {
        send(
                new MessagesV2(),
                "ahead",
                histogram(now).setStartTimestamp(now + Duration.ofDays(1).toMillis()));
        assertThat(starts("ahead")).isEmpty();
        promgres.makeViews();
        assertThat(promgres.query("SELECT count FROM prom_histogram.ahead")).containsExactly("2");
    }

    @Test
    void startsGoWithTheirSeriesAndComeBackWithIt() throws Exception {
        send(new MessagesV2(), "restarted", histogram(now).setStartTimestamp(now - 7));
        promgres.query("SELECT _prom_catalog.forget_series(array_agg(series_id)) FROM prom_info.series_start"
                + " WHERE metric_name = 'restarted'");
        assertThat(promgres.query("SELECT * FROM _prom_catalog.series_start t WHERE NOT EXISTS"
                        + " (SELECT FROM _prom_catalog.series s WHERE s.id = t.series_id)"))
                .isEmpty();
        send(new MessagesV2(), "restarted", histogram(now + 1).setStartTimestamp(now - 7));
        assertThat(starts("restarted")).containsExactly("-7|1");
    }

    private static Histogram.Builder histogram(long time) {
        return Histogram.newBuilder()
                .setTimestamp(time)
                .setCountInt(2)
                .setZeroCountInt(2)
                .setSum(0.5);
    }

    private static void send(MessagesV2 request, String metric, Histogram.Builder histogram) throws Exception {
        request.series("__name__", metric).addHistograms(histogram);
        post(request);
    }

    private static void post(MessagesV2 request) throws Exception {
        assertThat(send(V2, request.bytes()).statusCode()).isEqualTo(204);
    }
}
