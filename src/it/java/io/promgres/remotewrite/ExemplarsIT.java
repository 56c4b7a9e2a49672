package io.promgres.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.WriteV2.Exemplar;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Exemplars of remote write 2.0, from the bytes of a request to the rows. */
class ExemplarsIT extends RemoteWriteFixture {

    @Test
    void exemplarsAreStoredOnceAndFoundWithTheirSeries() throws Exception {
        MessagesV2 request = new MessagesV2();
        int traceId = request.ref("trace_id");
        for (String trace : List.of("it's", "a \"quoted\" \\ one, {x}")) {
            request.series("__name__", "exemplified_bucket", "le", "1")
                    .addExemplars(Exemplar.newBuilder()
                            .setTimestamp(now)
                            .setValue(0.5)
                            .addLabelsRefs(traceId)
                            .addLabelsRefs(request.ref(trace)));
        }
        for (int i = 0; i < 2; i++) {
            HttpResponse<byte[]> answer = send(V2, request.bytes());
            assertThat(answer.statusCode()).isEqualTo(204);
            assertThat(answer.headers().firstValue("X-Prometheus-Remote-Write-Exemplars-Written"))
                    .contains("2");
        }
        assertThat(promgres.query("SELECT e.value, e.exemplar_labels->>'trace_id', jsonb(e.labels)->>'le',"
                        + " round(extract(epoch FROM e.time) * 1000)"
                        + " FROM prom_exemplar.exemplified_bucket e ORDER BY 2"))
                .containsExactly("0.5|a \"quoted\" \\ one, {x}|1|" + now, "0.5|it's|1|" + now);
    }

    @Test
    void exemplarsOfASeriesThatIsGoneMakeItAnew() throws Exception {
        MessagesV2 request = new MessagesV2();
        request.series("__name__", "removed").addExemplars(Exemplar.newBuilder().setTimestamp(now));
        send(V2, request.bytes());
        promgres.query("SELECT _prom_catalog.forget_series(array_agg(series_id)) FROM prom_exemplar.removed");
        assertThat(promgres.query("SELECT * FROM prom_exemplar.removed")).isEmpty();
        assertThat(send(V2, request.bytes()).statusCode()).isEqualTo(204);
        assertThat(promgres.query("SELECT value FROM prom_exemplar.removed")).containsExactly("0");
    }

    @Test
    void exemplarsGoWhenTheirRetentionPeriodIsOver() throws Exception {
        MessagesV2 request = new MessagesV2();
        long day = 86_400_000L;
        request.series("__name__", "aging")
                .addExemplars(Exemplar.newBuilder().setTimestamp(now).setValue(1))
                .addExemplars(Exemplar.newBuilder().setTimestamp(now - 91 * day).setValue(2))
                .addExemplars(Exemplar.newBuilder().setTimestamp(now - 89 * day).setValue(3));
        assertThat(send(V2, request.bytes()).statusCode()).isEqualTo(204);
        promgres.query("SELECT _prom_catalog.expire_points()");
        assertThat(promgres.query("SELECT value FROM prom_exemplar.aging ORDER BY 1"))
                .containsExactly("1", "3");
    }
}
