package io.promgres.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a Prometheus says it has, by its HTTP API. Floats come as the shortest decimal that is read as the same bits; NaN
 * has the bits that every NaN of a scrape gets; stale markers do not come at all.
 */
public final class PrometheusApi {

    /** model/value.NormalNaN of Prometheus. */
    private static final long NORMAL_NAN = 0x7ff8000000000001L;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Sender server;

    public PrometheusApi(int port) {
        this.server = new Sender("http://127.0.0.1:" + port);
    }

    /** Whether it answers. */
    public boolean isReady() throws InterruptedException {
        try {
            return server.get("/-/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** The value of a query with one result; NaN if it has none. */
    public double value(String query) throws IOException, InterruptedException {
        JsonNode result = query("query=" + encoded(query));
        return result.isEmpty()
                ? Double.NaN
                : Double.parseDouble(result.get(0).get("value").get(1).asText());
    }

    /**
     * Every sample of a time range.
     *
     * @param after milliseconds since the epoch, exclusive
     * @param until milliseconds since the epoch, inclusive
     */
    public List<TestSample> samples(long after, long until) throws IOException, InterruptedException {
        String selector = "{__name__=~\".+\"}[" + (until - after) + "ms]";
        JsonNode result = query("query=" + encoded(selector) + "&time=" + BigDecimal.valueOf(until, 3));
        List<TestSample> samples = new ArrayList<>();
        for (JsonNode series : result) {
            SortedMap<String, String> labels = new TreeMap<>();
            series.get("metric")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            for (JsonNode sample : series.get("values")) {
                long time = sample.get(0).decimalValue().movePointRight(3).longValueExact();
                // Up to Prometheus 2 a range selector has its left end, too.
                if (time > after) {
                    samples.add(new TestSample(labels, time, bits(sample.get(1).asText())));
                }
            }
        }
        return samples;
    }

    private static long bits(String value) {
        return switch (value) {
            case "NaN" -> NORMAL_NAN;
            case "+Inf" -> Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);
            case "-Inf" -> Double.doubleToRawLongBits(Double.NEGATIVE_INFINITY);
            default -> Double.doubleToRawLongBits(Double.parseDouble(value));
        };
    }

    private JsonNode query(String parameters) throws IOException, InterruptedException {
        HttpResponse<String> answer = server.get("/api/v1/query?" + parameters);
        if (answer.statusCode() != 200) {
            throw new IOException(answer.body());
        }
        return JSON.reader()
                .with(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .readTree(answer.body())
                .get("data")
                .get("result");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
