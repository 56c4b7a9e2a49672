package io.promgres.transfer;

import io.promgres.model.LabelSet;
import io.promgres.model.MetricMetadata;
import io.promgres.remoteread.SeriesSink;
import java.io.IOException;
import java.io.Writer;
import java.util.regex.Pattern;

/**
 * Writes series as OpenMetrics text, a line with its time for each sample. Names that are not those of old are in quotes, as
 * Prometheus 3 reads them. Stale markers are left out: the text has no word for them.
 *
 * <p>Source of the format: prometheus/OpenMetrics, specification/OpenMetrics.md.
 */
final class OpenMetricsWriter implements SeriesSink {

    private static final Pattern METRIC_NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern LABEL_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

    /** model/value.StaleNaN of Prometheus. */
    private static final long STALE = 0x7ff0000000000002L;

    /** Whole numbers up to here are written without an exponent. */
    private static final double LARGEST_PLAIN = 1e15;

    private static final int SECOND = 1000;

    private final Writer out;
    private final Families families;
    private final StringBuilder line = new StringBuilder();
    private MetricMetadata family;
    private int prefix;
    private long samples;
    private long histograms;

    OpenMetricsWriter(Writer out, Families families) {
        this.out = out;
        this.families = families;
    }

    @Override
    public void beginSeries(LabelSet labels) throws IOException {
        MetricMetadata next = families.of(labels.metricName());
        if (!next.equals(family)) {
            family = next;
            describe();
        }
        line.setLength(0);
        addSeries(labels);
        prefix = line.length();
    }

    private void describe() throws IOException {
        describe("TYPE", family.type().toString());
        describe("UNIT", family.unit());
        describe("HELP", escaped(family.help()));
    }

    private void describe(String what, String text) throws IOException {
        if (!text.isEmpty()) {
            String name = family.family();
            out.write("# " + what + " " + (isMetricName(name) ? name : quoted(name)) + " " + text + "\n");
        }
    }

    private void addSeries(LabelSet labels) {
        String metric = labels.metricName();
        boolean plain = isMetricName(metric);
        line.append(plain ? metric : "{" + quoted(metric));
        boolean first = plain;
        for (int i = 0; i < labels.size(); i++) {
            String name = labels.name(i);
            if (name.equals(LabelSet.METRIC_NAME)) {
                continue;
            }
            line.append(first ? '{' : ',')
                    .append(LABEL_NAME.matcher(name).matches() ? name : quoted(name))
                    .append('=')
                    .append(quoted(labels.value(i)));
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
        line.setLength(prefix);
        addValue(Double.longBitsToDouble(bits));
        line.append(' ');
        addSeconds(time);
        line.append('\n');
        out.append(line);
        samples++;
    }

    /** Counts it: the text of OpenMetrics has no native histograms. */
    @Override
    public void histogram(long time, byte[] body) {
        histograms++;
    }

    private void addValue(double value) {
        if (Double.isInfinite(value)) {
            line.append(value > 0 ? "+Inf" : "-Inf");
        } else if (value == Math.rint(value)
                && Math.abs(value) < LARGEST_PLAIN
                && 1 / value != Double.NEGATIVE_INFINITY) {
            line.append((long) value);
        } else {
            line.append(value);
        }
    }

    private void addSeconds(long time) {
        long magnitude = Math.abs(time);
        line.append(time < 0 ? "-" : "").append(magnitude / SECOND);
        if (magnitude % SECOND != 0) {
            line.append('.').append(Long.toString(SECOND + magnitude % SECOND), 1, 4);
        }
    }

    @Override
    public void endSeries() {
        // A series needs no end of its own.
    }

    /** Writes the end of the text, without which it is not whole. */
    void end() throws IOException {
        out.write("# EOF\n");
        out.flush();
    }

    long samples() {
        return samples;
    }

    /** Native histograms, which are left out. */
    long histograms() {
        return histograms;
    }
}
