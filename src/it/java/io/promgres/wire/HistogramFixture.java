package io.promgres.wire;

import static io.promgres.wire.Messages.compress;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.remoteread.StartedPromgres;
import io.promgres.wire.proto.WriteV2.BucketSpan;
import io.promgres.wire.proto.WriteV2.Histogram;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A daemon on a fresh database that native histograms are written to. */
abstract class HistogramFixture {

    static final String V1 = "application/x-protobuf";
    static final String V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

    static StartedPromgres promgres;

    final long now = System.currentTimeMillis();

    @BeforeAll
    static void start() throws Exception {
        promgres = new StartedPromgres(Map.of());
    }

    @AfterAll
    static void stop() {
        promgres.close();
    }

    /** Of 2 observations in (0.5, 1], 1 in (1, 2], 3 in (4, 8], one of -3, one of 0. */
    Histogram.Builder example() {
        return Histogram.newBuilder()
                .setTimestamp(now)
                .setCountInt(8)
                .setSum(20.5)
                .setZeroThreshold(0.25)
                .setZeroCountInt(1)
                .addNegativeSpans(BucketSpan.newBuilder().setOffset(2).setLength(1))
                .addNegativeDeltas(1)
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(0).setLength(2))
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(1).setLength(1))
                .addPositiveDeltas(2)
                .addPositiveDeltas(-1)
                .addPositiveDeltas(2);
    }

    static HttpResponse<byte[]> send(String contentType, byte[] message) throws Exception {
        return promgres.post("/api/v1/write", contentType, compress(message));
    }

    static void assertWritten(HttpResponse<byte[]> answer, int status, int histograms) {
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(status);
        assertThat(answer.headers().firstValue("X-Prometheus-Remote-Write-Histograms-Written"))
                .contains(Integer.toString(histograms));
    }

    /** Writes so many histograms, all of which are stored, and makes their views. */
    static void store(MessagesV2 request, int histograms) throws Exception {
        assertWritten(send(V2, request.bytes()), 204, histograms);
        promgres.makeViews();
    }
}
