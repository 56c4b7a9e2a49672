package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.SeriesReceiver;
import io.promgres.model.LabelSet;
import io.promgres.model.ReadQuery;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.model.ReadQuery.Operator;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/**
 * What a streamed remote read of one metric gave: everything is taken and nothing kept.
 *
 * @param samples that came
 * @param bytes of the answer
 */
public record StreamedRead(long samples, long bytes) {

    /**
     * Reads a metric from its first sample on.
     *
     * @param url of the daemon, without a path
     * @param lastMillis the last millisecond that is asked for
     */
    public static StreamedRead of(String url, String metric, long lastMillis) throws Exception {
        Matcher matcher = new Matcher(Operator.EQUAL, LabelSet.METRIC_NAME, metric);
        byte[] body = ReadRequestEncoder.encode(List.of(new ReadQuery(0, lastMillis, List.of(matcher))));
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/api/v1/read"))
                .header("Content-Encoding", "snappy")
                .header("Content-Type", "application/x-protobuf")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<InputStream> answer =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        Counter counter = new Counter();
        try (CountedBytes bytes = new CountedBytes(answer.body())) {
            String type = answer.headers().firstValue("Content-Type").orElseThrow();
            ReadResponseDecoder.read(type, bytes, 0, Long.MAX_VALUE, counter);
            return new StreamedRead(counter.samples, bytes.count);
        }
    }

    private static final class CountedBytes extends FilterInputStream {
        private long count;

        CountedBytes(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }

    private static final class Counter implements SeriesReceiver {
        private long samples;

        @Override
        public void beginSeries(LabelSet labels) {}

        @Override
        public void sample(long time, long bits) {
            samples++;
        }

        @Override
        public void histogram(long time, byte[] body) {}

        @Override
        public void endSeries() {}
    }
}
