package io.promgres.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.model.LabelSet;
import io.promgres.model.MetricMetadata;
import io.promgres.model.MetricMetadata.Type;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenMetricsWriterTest {

    private final StringWriter text = new StringWriter();

    @ParameterizedTest(name = "{0} at {1} is {2}")
    @CsvSource({
        "0, 0, 0 0",
        "-0.0, 1, -0.0 0.001",
        "1, 1000, 1 1",
        "-12.5, 1500, -12.5 1.5",
        "1e300, -1500, 1.0E300 -1.500",
        "123456789012, 1769853600123, 123456789012 1769853600.123",
        "Infinity, 1001, +Inf 1.001",
        "-Infinity, 1010, -Inf 1.010",
        "NaN, 1000, NaN 1"
    })
    void aSampleIsItsValueAndItsSeconds(double value, long time, String expected) throws IOException {
        OpenMetricsWriter writer = writer();
        writer.beginSeries(LabelSet.ofSorted("__name__", "m"));
        writer.sample(time, Double.doubleToRawLongBits(value));
        assertThat(text.toString().replaceAll("([.][0-9])00\n", "$1\n"))
                .isEqualTo("# TYPE m unknown\nm " + expected.replaceAll("([.][0-9])00$", "$1") + "\n");
    }

    @Test
    void aStaleMarkerIsLeftOut() throws IOException {
        OpenMetricsWriter writer = writer();
        writer.beginSeries(LabelSet.ofSorted("__name__", "m"));
        writer.sample(0, 0x7ff0000000000002L);
        writer.end();
        assertThat(text).hasToString("# TYPE m unknown\n# EOF\n");
        assertThat(writer.samples()).isZero();
    }

    @Test
    void valuesOfLabelsAreEscaped() throws IOException {
        assertThat(series("__name__", "m", "a", "\"quoted\"\n\\")).isEqualTo("m{a=\"\\\"quoted\\\"\\n\\\\\"} 1 1");
    }

    @Test
    void namesThatAreNotThoseOfOldAreQuoted() throws IOException {
        assertThat(series("__name__", "http.größe", "status.code", "200"))
                .isEqualTo("{\"http.größe\",\"status.code\"=\"200\"} 1 1");
        assertThat(series("__name__", "a b")).isEqualTo("{\"a b\"} 1 1");
        assertThat(text.toString()).contains("# TYPE \"a b\" unknown\n");
        assertThat(series("A", "before", "__name__", "job:rate", "b", "x"))
                .isEqualTo("job:rate{A=\"before\",b=\"x\"} 1 1");
    }

    @Test
    void theUnitStandsWhereTheNameEndsWithIt() throws IOException {
        OpenMetricsWriter writer = writer(
                new MetricMetadata("a_seconds", Type.GAUGE, "seconds", "A"),
                new MetricMetadata("b", Type.GAUGE, "seconds", ""));
        writer.beginSeries(LabelSet.ofSorted("__name__", "a_seconds"));
        writer.beginSeries(LabelSet.ofSorted("__name__", "a_seconds", "x", "y"));
        writer.beginSeries(LabelSet.ofSorted("__name__", "b"));
        assertThat(text).hasToString("""
                # TYPE a_seconds gauge
                # UNIT a_seconds seconds
                # HELP a_seconds A
                # TYPE b gauge
                """);
    }

    @ParameterizedTest(name = "{0} described as {2} {1} is of {3}")
    @CsvSource({
        "x_total, x_total, counter, x counter",
        "x_total, x, counter, x counter",
        "x_created, x, counter, x counter",
        "x, x, counter, x unknown",
        "x_bucket, x, histogram, x histogram",
        "x_bucket, x_bucket, histogram, x histogram",
        "x_sum, x, summary, x summary",
        "x, x, summary, x summary",
        "x_gsum, x, gaugehistogram, x gaugehistogram",
        "build_info, build, info, build info",
        "x_total, x, gauge, x_total unknown",
        "x, y, gauge, x unknown",
        "x_sum, x_sum, unknown, x_sum unknown"
    })
    void aMetricBelongsToTheFamilyThatItsNameAndTypeSay(String metric, String described, String type, String family) {
        MetricMetadata sent =
                new MetricMetadata(described, Type.valueOf(type.toUpperCase(java.util.Locale.ROOT)), "", "");
        MetricMetadata found = new Families(Map.of(described, sent)).of(metric);
        assertThat(found.family() + " " + found.type()).isEqualTo(family);
    }

    private String series(String... namesAndValues) throws IOException {
        OpenMetricsWriter writer = writer();
        writer.beginSeries(LabelSet.ofSorted(namesAndValues));
        writer.sample(1000, Double.doubleToRawLongBits(1));
        return text.toString().lines().reduce("", (before, line) -> line);
    }

    private OpenMetricsWriter writer(MetricMetadata... families) {
        return new OpenMetricsWriter(
                text,
                new Families(Stream.of(families).collect(Collectors.toMap(MetricMetadata::family, family -> family))));
    }
}
