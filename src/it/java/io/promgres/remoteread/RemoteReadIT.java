package io.promgres.remoteread;

import static io.promgres.remotewrite.Messages.compress;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Remote.Query;
import io.promgres.codec.proto.Remote.ReadRequest;
import io.promgres.codec.proto.Remote.ReadRequest.ResponseType;
import io.promgres.codec.proto.Remote.ReadResponse;
import io.promgres.codec.proto.Types.Label;
import io.promgres.codec.proto.Types.LabelMatcher;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.remotewrite.MessagesV2;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

/** Remote read as a client sees it, byte by byte. What Prometheus makes of it: PromqlIT. */
class RemoteReadIT {

    private static final String PROTOBUF = "application/x-protobuf";
    private static final long STALE = 0x7ff0000000000002L;
    private static final long T = System.currentTimeMillis() - 60_000;

    private static StartedPromgres promgres;

    @BeforeAll
    static void store() throws Exception {
        promgres = new StartedPromgres(Map.of("remote-read.max-samples", "1000", "remote-read.max-series", "20"));
        MessagesV2 request = new MessagesV2();
        for (String job : List.of("b", "a", "c")) {
            request.add(T, 1, "__name__", "few", "job", job);
            request.add(T + 1, Double.longBitsToDouble(STALE), "__name__", "few", "job", job);
            request.add(T + 2, 3, "__name__", "few", "job", job);
        }
        for (int i = 0; i < 1001; i++) {
            request.add(T + i, i, "__name__", "long");
        }
        for (int i = 0; i < 21; i++) {
            request.add(T, i, "__name__", "many", "i", Integer.toString(i));
        }
        String type = "application/x-protobuf;proto=io.prometheus.write.v2.Request";
        assertThat(promgres.post("/api/v1/write", type, compress(request.bytes()))
                        .statusCode())
                .isEqualTo(204);
    }

    @AfterAll
    static void stop() {
        promgres.close();
    }

    @Test
    void samplesAreOneMessageWithTheSeriesInOrderAndTheBitsAsTheyWere() throws Exception {
        HttpResponse<byte[]> answer = read(request(T, T + 1, name("few")).build());
        assertThat(answer.headers().firstValue("Content-Type")).contains(PROTOBUF);
        assertThat(answer.headers().firstValue("Content-Encoding")).contains("snappy");
        List<TimeSeries> series = samples(answer).getResults(0).getTimeseriesList();
        assertThat(series)
                .extracting(
                        one -> one.getLabelsList().stream().map(Label::getValue).toList())
                .containsExactly(List.of("few", "a"), List.of("few", "b"), List.of("few", "c"));
        assertThat(series).allSatisfy(one -> {
            assertThat(one.getSamplesCount()).isEqualTo(2);
            assertThat(one.getSamples(0).getTimestamp()).isEqualTo(T);
            assertThat(Double.doubleToRawLongBits(one.getSamples(1).getValue())).isEqualTo(STALE);
        });
    }

    @Test
    void theFirstAcceptedTypeThatIsKnownIsAnswered() throws Exception {
        Map<List<Integer>, String> answers = Map.of(
                List.of(), PROTOBUF,
                List.of(0), PROTOBUF,
                List.of(0, 1), PROTOBUF,
                List.of(1, 0), ChunkedResponseEncoder.CONTENT_TYPE,
                List.of(7, 1), ChunkedResponseEncoder.CONTENT_TYPE);
        for (Map.Entry<List<Integer>, String> each : answers.entrySet()) {
            ReadRequest.Builder request = request(T, T, name("few"));
            each.getKey().forEach(request::addAcceptedResponseTypesValue);
            HttpResponse<byte[]> answer = read(request.build());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).contains(each.getValue());
        }
        ReadRequest.Builder unknown = request(T, T, name("few")).addAcceptedResponseTypesValue(7);
        assertThat(read(unknown.build()).statusCode()).isEqualTo(400);
    }

    @Test
    void eachQueryHasItsResultAlsoAnEmptyOne() throws Exception {
        ReadRequest request = request(T, T, name("nothing"))
                .addQueries(query(T, T, name("few")))
                .addQueries(query(T + 5, T, name("few")))
                .build();
        assertThat(samples(read(request)).getResultsList())
                .extracting(result -> result.getTimeseriesCount())
                .containsExactly(0, 3, 0);
    }

    @Test
    void theWholeOfTimeMayBeAsked() throws Exception {
        ReadRequest request =
                request(Long.MIN_VALUE, Long.MAX_VALUE, name("few")).build();
        assertThat(samples(read(request)).getResults(0).getTimeseriesList())
                .allSatisfy(one -> assertThat(one.getSamplesCount()).isEqualTo(3));
    }

    @Test
    void moreSamplesThanTheLimitAreRefusedButStreamed() throws Exception {
        ReadRequest.Builder request = request(T, T + 2000, name("long"));
        assertRefused(read(request.build()), "exceeded sample limit (1000)");
        HttpResponse<byte[]> streamed = read(request.addAcceptedResponseTypes(ResponseType.STREAMED_XOR_CHUNKS)
                .build());
        assertThat(streamed.statusCode()).isEqualTo(200);
        assertThat(streamed.body().length).isGreaterThan(1000);
    }

    @Test
    void moreSeriesThanTheLimitAreRefusedWhateverTheAnswer() throws Exception {
        ReadRequest.Builder request = request(T, T, name("many"));
        assertRefused(read(request.build()), "more than 20 series");
        request.addAcceptedResponseTypes(ResponseType.STREAMED_XOR_CHUNKS);
        assertRefused(read(request.build()), "more than 20 series");
    }

    @Test
    void matchersThatMatchEverythingAreRefused() throws Exception {
        assertRefused(read(request(T, T).build()), "match every series");
        assertRefused(
                read(request(T, T, matcher(LabelMatcher.Type.RE, "job", ".*")).build()), "match every series");
        assertRefused(
                read(request(T, T, matcher(LabelMatcher.Type.NEQ, "job", "x")).build()), "match every series");
    }

    @Test
    void whatIsNoRegularExpressionIsRefused() throws Exception {
        assertRefused(
                read(request(T, T, matcher(LabelMatcher.Type.RE, "job", "(")).build()), "regular expression \"(\"");
    }

    @Test
    void aBodyThatIsNoRequestIs400() throws Exception {
        assertThat(promgres.post("/api/v1/read", PROTOBUF, new byte[] {9, 9}).statusCode())
                .isEqualTo(400);
        assertThat(promgres.post("/api/v1/read", PROTOBUF, compress(new byte[] {0x0a, 9}))
                        .statusCode())
                .isEqualTo(400);
    }

    private static void assertRefused(HttpResponse<byte[]> answer, String why) {
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains(why);
    }

    private static HttpResponse<byte[]> read(ReadRequest request) throws Exception {
        return promgres.post("/api/v1/read", PROTOBUF, compress(request.toByteArray()));
    }

    private static ReadResponse samples(HttpResponse<byte[]> answer) throws Exception {
        return ReadResponse.parseFrom(Snappy.uncompress(answer.body()));
    }

    private static ReadRequest.Builder request(long start, long end, LabelMatcher... matchers) {
        return ReadRequest.newBuilder().addQueries(query(start, end, matchers));
    }

    private static Query query(long start, long end, LabelMatcher... matchers) {
        return Query.newBuilder()
                .setStartTimestampMs(start)
                .setEndTimestampMs(end)
                .addAllMatchers(List.of(matchers))
                .build();
    }

    private static LabelMatcher name(String metric) {
        return matcher(LabelMatcher.Type.EQ, "__name__", metric);
    }

    private static LabelMatcher matcher(LabelMatcher.Type type, String name, String value) {
        return LabelMatcher.newBuilder()
                .setType(type)
                .setName(name)
                .setValue(value)
                .build();
    }
}
