package io.promgres.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Types.BucketSpan;
import io.promgres.codec.proto.Types.Histogram;
import io.promgres.model.LabelSet;
import io.promgres.model.MetricMetadata;
import io.promgres.model.MetricMetadata.Type;
import io.promgres.remotewrite.HistogramBodies;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
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
        assertThat(text).hasToString("# EOF\n");
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
        for (LabelSet series : List.of(
                LabelSet.ofSorted("__name__", "a_seconds"),
                LabelSet.ofSorted("__name__", "a_seconds", "x", "y"),
                LabelSet.ofSorted("__name__", "b"))) {
            writer.beginSeries(series);
            writer.sample(1000, 0);
            writer.endSeries();
        }
        assertThat(text).hasToString("""
                # TYPE a_seconds gauge
                # UNIT a_seconds seconds
                # HELP a_seconds A
                a_seconds 0 1
                a_seconds{x="y"} 0 1
                # TYPE b gauge
                b 0 1
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

    /** Of (0.5, 1] and (1, 2] the first two counts, of (4, 8] the last, all after 1 around zero. */
    private static Histogram.Builder histogram(int... counts) {
        return Histogram.newBuilder()
                .setSum(12.5)
                .setZeroThreshold(0.25)
                .setZeroCountInt(1)
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(0).setLength(2))
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(1).setLength(1))
                .addPositiveDeltas(counts[0])
                .addPositiveDeltas(counts[1] - counts[0])
                .addPositiveDeltas(counts[2] - counts[1])
                .setCountInt(1 + counts[0] + counts[1] + counts[2]);
    }

    private List<String> histograms(OpenMetricsWriter writer, LabelSet series, Histogram.Builder... histograms)
            throws IOException {
        writer.beginSeries(series);
        for (int i = 0; i < histograms.length; i++) {
            writer.histogram(1000 * i, HistogramBodies.of(histograms[i].build()));
        }
        writer.endSeries();
        return text.toString().lines().toList();
    }

    @Test
    void aNativeHistogramBecomesAClassicOneWithTheBoundsOfItsBuckets() throws IOException {
        assertThat(histograms(
                        writer(new MetricMetadata("a_seconds", Type.HISTOGRAM, "seconds", "A")),
                        LabelSet.ofSorted("__name__", "a_seconds", "x", "y"),
                        histogram(2, 0, 3)))
                .containsExactly(
                        "# TYPE a_seconds histogram",
                        "# UNIT a_seconds seconds",
                        "# HELP a_seconds A",
                        "a_seconds_bucket{x=\"y\",le=\"0.25\"} 1 0",
                        "a_seconds_bucket{x=\"y\",le=\"0.5\"} 1 0",
                        "a_seconds_bucket{x=\"y\",le=\"1.0\"} 3 0",
                        "a_seconds_bucket{x=\"y\",le=\"2.0\"} 3 0",
                        "a_seconds_bucket{x=\"y\",le=\"4.0\"} 3 0",
                        "a_seconds_bucket{x=\"y\",le=\"8.0\"} 6 0",
                        "a_seconds_bucket{x=\"y\",le=\"+Inf\"} 6 0",
                        "a_seconds_count{x=\"y\"} 6 0",
                        "a_seconds_sum{x=\"y\"} 12.5 0");
    }

    @Test
    void everyHistogramOfASeriesHasTheBoundsOfAllButForThoseThatDivideItsBuckets() throws IOException {
        Histogram.Builder coarse = Histogram.newBuilder()
                .setSchema(-1)
                .setCountInt(5)
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(1).setLength(2))
                .addPositiveDeltas(5)
                .addPositiveDeltas(-5);
        assertThat(histograms(writer(), LabelSet.ofSorted("__name__", "m"), coarse, histogram(1, 1, 1)))
                .filteredOn(line -> line.contains("le="))
                .containsExactly(
                        // 5 in (1, 4], none in (4, 16]: how many are below 2, nobody knows.
                        "m_bucket{le=\"0.25\"} 0 0",
                        "m_bucket{le=\"0.5\"} 0 0",
                        "m_bucket{le=\"1.0\"} 0 0",
                        "m_bucket{le=\"4.0\"} 5 0",
                        "m_bucket{le=\"8.0\"} 5 0",
                        "m_bucket{le=\"16.0\"} 5 0",
                        "m_bucket{le=\"+Inf\"} 5 0",
                        "m_bucket{le=\"0.25\"} 1 1",
                        "m_bucket{le=\"0.5\"} 1 1",
                        "m_bucket{le=\"1.0\"} 2 1",
                        "m_bucket{le=\"2.0\"} 3 1",
                        "m_bucket{le=\"4.0\"} 3 1",
                        "m_bucket{le=\"8.0\"} 4 1",
                        "m_bucket{le=\"16.0\"} 4 1",
                        "m_bucket{le=\"+Inf\"} 4 1");
    }

    @Test
    void negativeObservationsAndThoseAroundZeroAreInOrder() throws IOException {
        Histogram.Builder histogram = histogram(1, 0, 0)
                .addNegativeSpans(BucketSpan.newBuilder().setOffset(2).setLength(1))
                .addNegativeDeltas(7)
                .setCountInt(9);
        assertThat(histograms(writer(), LabelSet.ofSorted("__name__", "m"), histogram))
                .contains(
                        "m_bucket{le=\"-4.0\"} 0 0",
                        "m_bucket{le=\"-2.0\"} 7 0",
                        "m_bucket{le=\"-0.25\"} 7 0",
                        "m_bucket{le=\"0.25\"} 8 0",
                        "m_bucket{le=\"1.0\"} 9 0");
    }

    @Test
    void customBoundsAreThereWhetherThereIsSomethingBetweenThemOrNot() throws IOException {
        Histogram.Builder histogram = Histogram.newBuilder()
                .setSchema(-53)
                .setCountFloat(2.5)
                .addCustomValues(0)
                .addCustomValues(0.001)
                .addCustomValues(1e22)
                .addPositiveSpans(BucketSpan.newBuilder().setOffset(2).setLength(2))
                .addPositiveCounts(1)
                .addPositiveCounts(1.5);
        assertThat(histograms(writer(), LabelSet.ofSorted("__name__", "m"), histogram))
                .containsExactly(
                        "# TYPE m histogram",
                        "m_bucket{le=\"0.0\"} 0 0",
                        "m_bucket{le=\"0.001\"} 0 0",
                        "m_bucket{le=\"1e+22\"} 1 0",
                        "m_bucket{le=\"+Inf\"} 2.5 0",
                        "m_count 2.5 0",
                        "m_sum 0 0");
    }

    @Test
    void gaugesHaveTheNamesOfGaugesAndMarkersOfTheEndAreLeftOut() throws IOException {
        Histogram.Builder stale =
                Histogram.newBuilder().setCountInt(0).setSum(Double.longBitsToDouble(0x7ff0000000000002L));
        assertThat(histograms(
                        writer(new MetricMetadata("größe", Type.GAUGEHISTOGRAM, "", "")),
                        LabelSet.ofSorted("__name__", "größe"),
                        histogram(0, 0, 0),
                        stale))
                .contains("# TYPE \"größe\" gaugehistogram", "{\"größe_bucket\",le=\"0.25\"} 1 0")
                .endsWith("{\"größe_gcount\"} 1 0", "{\"größe_gsum\"} 12.5 0");
    }

    @Test
    void histogramsOfASeriesThatIsLeftOutAreCounted() throws IOException {
        OpenMetricsWriter writer = writer();
        assertThat(histograms(
                        writer, LabelSet.ofSorted("__name__", "left_out"), histogram(0, 0, 0), histogram(0, 0, 1)))
                .isEmpty();
        assertThat(List.of(writer.histograms(), writer.histogramsLeftOut(), writer.seriesLeftOut()))
                .containsExactly(0L, 2L, 1L);
    }

    @Test
    void aFamilyIsDescribedOnceThoughItHasSamplesAndHistograms() throws IOException {
        OpenMetricsWriter writer = writer();
        writer.beginSeries(LabelSet.ofSorted("__name__", "m"));
        writer.sample(0, Double.doubleToRawLongBits(1));
        writer.histogram(1000, HistogramBodies.of(histogram(0, 0, 0).build()));
        writer.sample(2000, Double.doubleToRawLongBits(2));
        writer.endSeries();
        assertThat(text.toString().lines())
                .startsWith("# TYPE m unknown", "m 1 0", "m 2 2", "m_bucket{le=\"0.25\"} 1 1")
                .filteredOn(line -> line.startsWith("#"))
                .hasSize(1);
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
                new Families(Stream.of(families).collect(Collectors.toMap(MetricMetadata::family, family -> family))),
                series -> series.metricName().equals("left_out"));
    }
}
