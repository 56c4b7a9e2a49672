package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.testing.PrometheusRelease;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The SQL functions for native histograms say what PromQL says in a real Prometheus 3, which has the same histograms. */
class HistogramSqlIT {

    private static final double TOLERANCE = 1e-12;

    private static final String[] METRICS = {
        "latency_seconds",
        "zero_width",
        "extreme",
        "temperature",
        "float_counter",
        "size_bytes",
        "other_bytes",
        "nan_sum",
        "empty",
        "comes_and_goes",
        "within_zero"
    };
    private static final String[] QUANTILES = {
        "0", "0.01", "0.1", "0.25", "0.5", "0.75", "0.9", "0.99", "1", "-0.5", "1.5"
    };
    private static final String[] RANGES = {
        "-Inf, +Inf",
        "0, 1",
        "-1, 0.0005",
        "-0.0005, 0.0005",
        "0.2, 0.7",
        "1, 1",
        "2, 1",
        "-100, 0.1",
        "3.3, +Inf",
        "0, 0"
    };

    /** In PromQL and in SQL. */
    private static final String[][] OF_A_HISTOGRAM = {
        {"histogram_count(%s)", "(%s).count"},
        {"histogram_sum(%s)", "(%s).sum"},
        {"histogram_quantile(0.2, %s)", "histogram_quantile(0.2, %s)"},
        {"histogram_quantile(0.9, %s)", "histogram_quantile(0.9, %s)"},
        {"histogram_fraction(-0.5, 1.5, %s)", "histogram_fraction(-0.5, 1.5, %s)"},
    };

    private static final Instant START = Instant.now().minusSeconds(3000).truncatedTo(ChronoUnit.MINUTES);

    private static StartedPromgres promgres;
    private static PrometheusServer prometheus;

    @BeforeAll
    static void storeTheSameInBoth(@TempDir Path directory) throws Exception {
        PrometheusRelease.THREE.require();
        promgres = new StartedPromgres(Map.of());
        prometheus = PrometheusServer.start(
                PrometheusRelease.THREE,
                directory,
                "global: {}\n",
                "--enable-feature=native-histograms",
                "--web.enable-remote-write-receiver");
        WriteRequest request = new HistogramData(START.toEpochMilli()).request();
        HistogramPromqlIT.write(prometheus.url(), request);
        HistogramPromqlIT.write(promgres.url(), request);
        promgres.makeViews();
    }

    @AfterAll
    static void stop() {
        if (promgres != null) {
            prometheus.close();
            promgres.close();
        }
    }

    static Stream<Arguments> functions() {
        Stream<String> quantiles = Stream.of(QUANTILES).map(quantile -> "histogram_quantile(" + quantile + ", ");
        Stream<String> fractions = Stream.of(RANGES).map(range -> "histogram_fraction(" + range + ", ");
        return Stream.of(quantiles, fractions, Stream.of("histogram_avg("))
                .flatMap(all -> all)
                .flatMap(function -> Stream.of(METRICS)
                        .filter(metric -> isSaneInPrometheus(function, metric))
                        .map(metric -> Arguments.of(function, metric)));
    }

    /**
     * Prometheus 3.5 mistakes a bucket of custom bounds with 0 in it for the zero bucket (fixed by its pull request 19657), and
     * its quantiles of a histogram whose sum is NaN lie outside of all buckets.
     */
    private static boolean isSaneInPrometheus(String function, String metric) {
        return !(function.contains("fraction") && metric.equals("other_bytes"))
                && !(function.contains("quantile") && metric.equals("nan_sum"));
    }

    @ParameterizedTest
    @MethodSource("functions")
    void aFunctionSaysOfASeriesWhatPromqlSays(String function, String metric) throws Exception {
        for (int point = 0; point < HistogramData.POINTS; point += 17) {
            Instant time = START.plusMillis((long) point * HistogramData.STEP_MILLIS);
            assertSame(
                    promql(function + metric + ")", time),
                    rows("SELECT prom_api.val(instance_id), " + sql(function) + "histogram) FROM prom_histogram."
                            + metric + " WHERE NOT is_stale AND time = '" + time + "'"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "latency_seconds",
                "zero_width",
                "extreme",
                "temperature",
                "float_counter",
                "size_bytes",
                "empty",
                "within_zero"
            })
    void mergesAndDifferencesAreSumsAndDifferencesInPromql(String metric) throws Exception {
        for (int point = 10; point < HistogramData.POINTS; point += 13) {
            Instant time = START.plusMillis((long) point * HistogramData.STEP_MILLIS);
            Instant earlier = time.minusSeconds(60);
            String at = " FROM prom_histogram." + metric + " h WHERE h.time = '" + time + "'";
            String before = " FROM prom_histogram." + metric + " h JOIN prom_histogram." + metric
                    + " e USING (series_id) WHERE h.time = '" + time + "' AND e.time = '" + earlier + "'";
            for (String[] each : OF_A_HISTOGRAM) {
                assertSame(
                        promql(each[0].formatted("sum(" + metric + ")"), time),
                        rows("SELECT '', " + each[1].formatted("histogram_merge(h.histogram)") + at));
                assertSame(
                        promql(each[0].formatted("(" + metric + " - " + metric + " offset 1m)"), time),
                        rows("SELECT prom_api.val(h.instance_id), "
                                + each[1].formatted("histogram_difference(h.histogram, e.histogram)") + before));
            }
        }
    }

    private static String sql(String function) {
        return function.replace("-Inf", "'-Infinity'").replace("+Inf", "'Infinity'");
    }

    private static Map<String, Double> promql(String query, Instant time) {
        JsonNode answer =
                prometheus.api("/api/v1/query", Map.of("query", query, "time", Long.toString(time.getEpochSecond())));
        assertThat(answer.at("/status").asText()).as(answer.toString()).isEqualTo("success");
        Map<String, Double> values = new TreeMap<>();
        for (JsonNode one : answer.at("/data/result")) {
            String value = one.at("/value/1").asText().replace("Inf", "Infinity");
            values.put(one.at("/metric/instance").asText(), Double.valueOf(value));
        }
        return values;
    }

    private static Map<String, Double> rows(String query) throws Exception {
        Map<String, Double> values = new TreeMap<>();
        for (String row : promgres.query(query)) {
            String[] columns = row.split("\\|");
            values.put(columns[0], Double.valueOf(columns[1]));
        }
        return values;
    }

    private static void assertSame(Map<String, Double> expected, Map<String, Double> actual) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((instance, value) -> assertThat(isSame(value, actual.get(instance)))
                .as("%s: %s is not %s", instance, actual.get(instance), value)
                .isTrue());
    }

    private static boolean isSame(double expected, double actual) {
        return Double.compare(expected, actual) == 0
                || Math.abs(expected - actual) <= TOLERANCE * Math.max(Math.abs(expected), Math.abs(actual));
    }
}
