package io.promgres.transfer;

import io.promgres.model.LabelSet;
import io.promgres.model.MetricMetadata;
import io.promgres.remoteread.SeriesSink;
import java.io.IOException;
import java.io.Writer;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Writes series as OpenMetrics text, a line with its time for each sample. Names that are not those of old are in quotes, as
 * Prometheus 3 reads them. Native histograms become classic ones, with the bounds of their buckets. Stale markers are left out:
 * the text has no word for them.
 *
 * <p>Source of the format: prometheus/OpenMetrics, specification/OpenMetrics.md.
 */
final class OpenMetricsWriter implements SeriesSink {

    private static final Pattern METRIC_NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern LABEL_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

    /** The label of a bucket's upper bound. */
    private static final String BOUND = "le";

    /** model/value.StaleNaN of Prometheus. */
    private static final long STALE = 0x7ff0000000000002L;

    private final Writer out;
    private final Families families;
    private final Predicate<LabelSet> leavesOut;
    private final ClassicHistograms classic = new ClassicHistograms(new ClassicLines());
    private final StringBuilder line = new StringBuilder();
    private LabelSet series;
    private MetricMetadata histogramFamily;
    private String described;
    private int prefix;
    private boolean inSamples;
    private boolean isLeftOut;
    private long samples;
    private long histograms;
    private long histogramsLeftOut;
    private long seriesLeftOut;

    /** @param leavesOut whether native histograms of a series are left out */
    OpenMetricsWriter(Writer out, Families families, Predicate<LabelSet> leavesOut) {
        this.out = out;
        this.families = families;
        this.leavesOut = leavesOut;
    }

    @Override
    public void beginSeries(LabelSet labels) {
        series = labels;
        histogramFamily = null;
        inSamples = false;
        isLeftOut = false;
    }

    /** Once for a family, though a metric may have samples and histograms. */
    private void describe(MetricMetadata family) throws IOException {
        if (family.family().equals(described)) {
            return;
        }
        described = family.family();
        describe(family, "TYPE", family.type().toString());
        describe(family, "UNIT", family.unit());
        describe(family, "HELP", escaped(family.help()));
    }

    private void describe(MetricMetadata family, String what, String text) throws IOException {
        if (!text.isEmpty()) {
            String name = family.family();
            out.write("# " + what + " " + (isMetricName(name) ? name : quoted(name)) + " " + text + "\n");
        }
    }

    /** @param bound of the bucket whose line it is, or null */
    private void addSeries(String metric, String bound) {
        line.setLength(0);
        boolean plain = isMetricName(metric);
        line.append(plain ? metric : "{" + quoted(metric));
        boolean first = plain;
        for (int i = 0; i < series.size(); i++) {
            String name = series.name(i);
            if (name.equals(LabelSet.METRIC_NAME) || bound != null && name.equals(BOUND)) {
                continue;
            }
            line.append(first ? '{' : ',')
                    .append(LABEL_NAME.matcher(name).matches() ? name : quoted(name))
                    .append('=')
                    .append(quoted(series.value(i)));
            first = false;
        }
        if (bound != null) {
            line.append(first ? '{' : ',').append(BOUND + "=\"").append(bound).append('"');
            first = false;
        }
        line.append(first ? "" : "}").append(' ');
    }

    private static boolean isMetricName(String name) {
        return METRIC_NAME.matcher(name).matches();
    }

    private static String quoted(String text) {
        return '"' + escaped(text) + '"';
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"");
    }

    @Override
    public void sample(long time, long bits) throws IOException {
        if (bits == STALE) {
            return;
        }
        if (!inSamples) {
            describe(families.of(series.metricName()));
            addSeries(series.metricName(), null);
            prefix = line.length();
            inSamples = true;
        }
        line.setLength(prefix);
        endLine(Double.longBitsToDouble(bits), time);
        samples++;
    }

    private void endLine(double value, long time) throws IOException {
        OpenMetricsNumbers.addValue(value, line);
        line.append(' ');
        OpenMetricsNumbers.addSeconds(time, line);
        out.append(line.append('\n'));
    }

    @Override
    public void histogram(long time, byte[] body) throws IOException {
        if (leavesOut.test(series)) {
            histogramsLeftOut++;
            seriesLeftOut += isLeftOut ? 0 : 1;
            isLeftOut = true;
            return;
        }
        if (histogramFamily == null) {
            histogramFamily = families.ofHistogram(series.metricName());
        }
        if (classic.add(time, body)) {
            histograms++;
        }
    }

    /** The lines of classic histograms. */
    private final class ClassicLines implements ClassicHistograms.Output {

        @Override
        public void bucket(long time, double bound, double count) throws IOException {
            write("_bucket", OpenMetricsNumbers.bound(bound), count, time);
        }

        @Override
        public void total(long time, double count, double sum) throws IOException {
            boolean isGauge = histogramFamily.type() == MetricMetadata.Type.GAUGEHISTOGRAM;
            write("_bucket", "+Inf", count, time);
            write(isGauge ? "_gcount" : "_count", null, count, time);
            write(isGauge ? "_gsum" : "_sum", null, sum, time);
        }

        private void write(String suffix, String bound, double value, long time) throws IOException {
            describe(histogramFamily);
            addSeries(histogramFamily.family() + suffix, bound);
            inSamples = false;
            endLine(value, time);
        }
    }

    @Override
    public void endSeries() throws IOException {
        classic.end();
    }

    /** Writes the end of the text, without which it is not whole. */
    void end() throws IOException {
        out.write("# EOF\n");
        out.flush();
    }

    long samples() {
        return samples;
    }

    /** Native histograms that were written as classic ones. */
    long histograms() {
        return histograms;
    }

    long histogramsLeftOut() {
        return histogramsLeftOut;
    }

    /** Series of the native histograms that were left out. */
    long seriesLeftOut() {
        return seriesLeftOut;
    }
}
