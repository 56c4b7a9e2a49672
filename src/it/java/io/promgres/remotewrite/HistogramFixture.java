package io.promgres.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.WriteV2.BucketSpan;
import io.promgres.codec.proto.WriteV2.Histogram;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Native histograms that are sent to a daemon. */
abstract class HistogramFixture extends RemoteWriteFixture {

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
