package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Remote;
import io.promgres.codec.proto.Types.LabelMatcher;
import io.promgres.codec.proto.Types.TimeSeries;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.xerial.snappy.Snappy;

/** Asks for samples by remote read. */
public final class ReadClient {

    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * The series that have a name, as the server says it has them.
     *
     * @param first milliseconds since the epoch
     * @param last the last millisecond that belongs to the range
     */
    public List<TimeSeries> samples(String url, long first, long last) throws Exception {
        return samples(
                url,
                first,
                last,
                LabelMatcher.newBuilder()
                        .setType(LabelMatcher.Type.RE)
                        .setName("__name__")
                        .setValue(".+")
                        .build());
    }

    /** The series that matchers match; see above. */
    public List<TimeSeries> samples(String url, long first, long last, LabelMatcher... matchers) throws Exception {
        Remote.ReadRequest request = Remote.ReadRequest.newBuilder()
                .addAcceptedResponseTypes(Remote.ReadRequest.ResponseType.SAMPLES)
                .addQueries(Remote.Query.newBuilder()
                        .setStartTimestampMs(first)
                        .setEndTimestampMs(last)
                        .addAllMatchers(List.of(matchers)))
                .build();
        HttpRequest post = HttpRequest.newBuilder(URI.create(url + "/api/v1/read"))
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "snappy")
                .header("Accept-Encoding", "snappy")
                .header("X-Prometheus-Remote-Read-Version", "0.1.0")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Snappy.compress(request.toByteArray())))
                .build();
        HttpResponse<byte[]> answer = client.send(post, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        return Remote.ReadResponse.parseFrom(Snappy.uncompress(answer.body()))
                .getResults(0)
                .getTimeseriesList();
    }
}
