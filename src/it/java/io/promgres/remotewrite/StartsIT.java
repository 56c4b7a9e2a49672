package io.promgres.remotewrite;

import static io.promgres.remotewrite.MessagesV2.sample;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When series of samples began, as remote write 2.0 says it in both of its layouts. */
class StartsIT extends RemoteWriteFixture {

    @Test
    void aStartIsStoredOnceForAllSamplesThatHaveIt() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(send(V2, started(now + i, now - 60_000)).statusCode()).isEqualTo(204);
        }
        assertThat(starts("started")).containsExactly("-60000|0");
        assertThat(send(V2, started(now + 5, now + 4)).statusCode()).isEqualTo(204);
        assertThat(starts("started")).containsExactly("-60000|0", "4|5");
    }

    @Test
    void theStartOfTheOlderLayoutIsStoredToo() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "created").addSamples(sample(now, 1)).setCreatedTimestamp(now - 7);
        assertThat(send(V2, request.bytes()).statusCode()).isEqualTo(204);
        assertThat(starts("created")).containsExactly("-7|0");
    }

    @Test
    void startsGoWithTheirSeriesAndComeBackWithIt() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "restarted").addSamples(sample(now, 1)).setCreatedTimestamp(now - 7);
        send(V2, request.bytes());
        send(V2, request.bytes());
        promgres.query("SELECT _prom_catalog.forget_series(array_agg(series_id)) FROM prom_info.series_start"
                + " WHERE metric_name = 'restarted'");
        assertThat(promgres.query("SELECT * FROM _prom_catalog.series_start t WHERE NOT EXISTS"
                        + " (SELECT FROM _prom_catalog.series s WHERE s.id = t.series_id)"))
                .isEmpty();
        // The first request after a removal may be what makes the daemon learn of it.
        send(V2, request.bytes());
        send(V2, request.bytes());
        assertThat(starts("restarted")).containsExactly("-7|0");
    }

    private byte[] started(long time, long start) {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "started")
                .addSamples(sample(time, 1).toBuilder().setStartTimestamp(start));
        return request.bytes();
    }
}
