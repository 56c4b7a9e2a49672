package io.promgres.security;

import static io.promgres.security.HostileMessages.histogram;
import static io.promgres.security.HostileMessages.matcher;
import static io.promgres.security.HostileMessages.notUtf8;
import static io.promgres.security.HostileMessages.sampled;
import static io.promgres.security.HostileMessages.series;
import static io.promgres.security.HostileMessages.torn;
import static io.promgres.security.HostileMessages.v1;

import io.promgres.codec.proto.Remote.Query;
import io.promgres.codec.proto.Remote.ReadRequest;
import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.Sample;
import io.promgres.codec.proto.WriteV2;
import io.promgres.testing.AnyServer;
import io.promgres.testing.TestSample;
import io.promgres.testing.WriteBody;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests that no sender means: messages of remote write and remote read that are deep, huge or torn. Each is answered by a status that says so, and none by 500, which stands for a bug. */
@AnyServer
class HostileMessagesIT {

    private static final String V1 = "application/x-protobuf";
    private static final String V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";
    private static final String JSON = "application/json";
    private static final int DEEP = 50_000;
    private static final long NOW = System.currentTimeMillis();

    @RegisterExtension
    static final HostileClient CLIENT = new HostileClient();

    @Test
    void messagesOfRemoteWriteThatAreNoneAreRefused() throws Exception {
        List<byte[]> messages = new ArrayList<>(torn());
        // A label, a sample, a histogram with every number at its end.
        for (long number : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, -1, 253402300800000L}) {
            messages.add(v1(
                    series().addSamples(Sample.newBuilder().setTimestamp(number).setValue(number))));
            messages.add(v1(series().addHistograms(histogram().setTimestamp(number))));
        }
        for (int number : new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE, -1, 127, -54}) {
            messages.add(v1(series().addHistograms(histogram().setSchema(number))));
            messages.add(v1(series().addHistograms(histogram()
                    .addPositiveSpans(BucketSpan.newBuilder().setOffset(number).setLength(number)))));
            messages.add(v1(series().addHistograms(histogram().setResetHintValue(number))));
        }
        messages.add(v1(series().addHistograms(histogram().setZeroThreshold(Double.NaN))));
        messages.add(v1(series().addHistograms(histogram().setSchema(-53).addCustomValues(Double.NaN))));
        for (byte[] message : messages) {
            CLIENT.assertAnswered(CLIENT.post("/api/v1/write", V1, WriteBody.compress(message)), 204, 400);
            CLIENT.assertAnswered(CLIENT.post("/api/v1/write", V2, WriteBody.compress(message)), 204, 400);
            CLIENT.assertAnswered(CLIENT.post("/api/v1/read", V1, WriteBody.compress(message)), 200, 400);
        }
        for (String text : List.of("\u0000", "\ud800", "a\u0000b", "x".repeat(1 << 20), "")) {
            byte[] message = v1(
                    sampled().addLabels(Label.newBuilder().setName("a" + text).setValue(text)));
            CLIENT.assertAnswered(CLIENT.post("/api/v1/write", V1, WriteBody.compress(message)), 204, 400);
        }
        CLIENT.assertAnswered(
                CLIENT.post("/api/v1/write", V1, WriteBody.compress(v1(sampled().addLabels(notUtf8())))), 400);
    }

    @Test
    void referencesThatLeadNowhereAreRefused() throws Exception {
        for (int ref : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 7}) {
            WriteV2.TimeSeries.Builder series = WriteV2.TimeSeries.newBuilder()
                    .addSamples(WriteV2.Sample.newBuilder().setTimestamp(NOW).setStartTimestamp(Long.MIN_VALUE));
            CLIENT.assertAnswered(postV2(series.clone().addLabelsRefs(ref).addLabelsRefs(ref)), 400);
            CLIENT.assertAnswered(postV2(series.clone().addLabelsRefs(1)), 400);
            CLIENT.assertAnswered(
                    postV2(series.clone()
                            .addLabelsRefs(1)
                            .addLabelsRefs(2)
                            .setMetadata(WriteV2.Metadata.newBuilder()
                                    .setTypeValue(ref)
                                    .setHelpRef(ref)
                                    .setUnitRef(ref))),
                    400);
            CLIENT.assertAnswered(
                    postV2(series.clone()
                            .addLabelsRefs(1)
                            .addLabelsRefs(2)
                            .addExemplars(WriteV2.Exemplar.newBuilder()
                                    .addLabelsRefs(ref)
                                    .addLabelsRefs(ref))),
                    204,
                    400);
        }
    }

    private HttpResponse<String> postV2(WriteV2.TimeSeries.Builder series) throws Exception {
        byte[] message = WriteV2.Request.newBuilder()
                .addSymbols("")
                .addSymbols("__name__")
                .addSymbols("hostile")
                .addTimeseries(series)
                .build()
                .toByteArray();
        return CLIENT.post("/api/v1/write", V2, WriteBody.compress(message));
    }

    @Test
    void bodiesThatAreNotWhatTheirHeadersSayAreRefused() throws Exception {
        byte[] body = WriteBody.of(TestSample.of("typed", NOW, 1));
        for (String path : List.of("/api/v1/write", "/api/v1/read")) {
            for (byte[] torn :
                    List.of(new byte[0], new byte[] {-1, -1, -1, -1, 127}, new byte[1000], "{}".getBytes())) {
                CLIENT.assertAnswered(CLIENT.post(path, V1, torn), 200, 204, 400);
            }
            for (String type :
                    List.of("text/plain", "application/json; x", "application/x-protobuf;proto=a.b.C", "x", ";")) {
                CLIENT.assertAnswered(CLIENT.post(path, type, body), 200, 400, 415);
            }
            for (String encoding : List.of("zstd", "gzip", "snappy, snappy", "x")) {
                CLIENT.assertAnswered(CLIENT.send(CLIENT.request(path, V1, encoding, body)), 400, 415);
            }
        }
        CLIENT.assertAnswered(CLIENT.post("/perf-test/perf_test_job_meta", "text/csv", body), 415);
        CLIENT.assertAnswered(
                CLIENT.post(
                        "/perf-test/perf_test_job_meta",
                        JSON + "; charset=utf-16",
                        "[]".getBytes(StandardCharsets.UTF_16)),
                400,
                415);
    }

    @Test
    void readsThatAskForTheImpossibleAreRefused() throws Exception {
        List<Query.Builder> queries = new ArrayList<>();
        for (String expression :
                List.of("(", "(a{1000}){1000}", "(".repeat(DEEP), "\\p{Nothing}", "a{2,1}", "x".repeat(1 << 20))) {
            queries.add(Query.newBuilder().setEndTimestampMs(NOW).addMatchers(matcher(2, expression)));
        }
        queries.add(Query.newBuilder().setEndTimestampMs(NOW).addMatchers(matcher(9, "up")));
        queries.add(Query.newBuilder()
                .setStartTimestampMs(Long.MAX_VALUE)
                .setEndTimestampMs(Long.MIN_VALUE)
                .addMatchers(matcher(0, "up")));
        queries.add(Query.newBuilder()
                .setStartTimestampMs(Long.MIN_VALUE)
                .setEndTimestampMs(Long.MAX_VALUE)
                .addMatchers(matcher(0, "up")));
        queries.add(Query.newBuilder().setEndTimestampMs(NOW).addMatchers(matcher(0, "\u0000")));
        for (Query.Builder query : queries) {
            byte[] message = ReadRequest.newBuilder().addQueries(query).build().toByteArray();
            CLIENT.assertAnswered(CLIENT.post("/api/v1/read", V1, WriteBody.compress(message)), 200, 400);
        }
    }
}
