package io.promgres.promql;

import io.promgres.promql.data.Buckets;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.FloatHistogram.Hint;
import io.promgres.promql.data.HistogramArithmetic;
import io.promgres.promql.data.HistogramArithmetic.IncompatibleException;
import io.promgres.promql.data.SampleSeries;
import io.promgres.promql.syntax.Literals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The points of a series in a test script: numbers, histograms, repetitions, gaps. */
final class Points {

    /**
     * One point.
     *
     * @param histogram null if it is a float
     * @param hinted whether the script says what is known of a reset
     */
    record Point(double value, FloatHistogram histogram, boolean hinted) {}

    private static final Pattern NUMBER = Pattern.compile(
            "[-+]?(?:Inf|inf|NaN|nan|(?:\\d[\\d_]*\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?(?:ms|[smhdwy])?(?:\\d+(?:ms|[smhdwy]))*)");
    private static final Pattern TIMES = Pattern.compile("x(\\d+)");
    private static final Pattern KEY = Pattern.compile("(\\w+):(\\[[^]]*]|[^\\s]+)");

    private final String text;
    private int at;

    private Points(String text) {
        this.text = text;
    }

    /** Null stands for a gap. */
    static List<Point> read(String text) {
        Points points = new Points(text.strip());
        List<Point> all = new ArrayList<>();
        while (points.at < points.text.length()) {
            points.item(all);
            points.skipSpace();
        }
        return all;
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private void item(List<Point> all) {
        if (text.startsWith("_", at)) {
            at++;
            int n = times();
            all.addAll(java.util.Collections.nCopies(n < 0 ? 1 : n, null));
        } else if (text.startsWith("stale", at)) {
            at += 5;
            repeat(all, new Point(SampleSeries.STALE, null, false));
        } else if (text.startsWith("{{", at)) {
            histograms(all);
        } else {
            numbers(all);
        }
    }

    private int times() {
        Matcher matcher = TIMES.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            return -1;
        }
        at = matcher.end();
        return Integer.parseInt(matcher.group(1));
    }

    private void repeat(List<Point> all, Point point) {
        for (int i = Math.max(0, times()); i >= 0; i--) {
            all.add(point);
        }
    }

    private void numbers(List<Point> all) {
        double value = number();
        boolean stepped = at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-');
        double step = stepped ? number() : 0;
        for (int i = Math.max(0, times()); i >= 0; i--) {
            all.add(new Point(value, null, false));
            value += step;
        }
    }

    private double number() {
        Matcher matcher = NUMBER.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw new IllegalArgumentException("no number at " + text.substring(at));
        }
        at = matcher.end();
        return number(matcher.group());
    }

    static double number(String text) {
        boolean negative = text.startsWith("-");
        String plain = text.startsWith("+") || negative ? text.substring(1) : text;
        double value = switch (plain.toLowerCase(java.util.Locale.ROOT)) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "nan" -> Double.NaN;
            default ->
                plain.matches(".*[smhdwy]")
                        ? Literals.duration(plain) / 1000.0
                        : Double.parseDouble(plain.replace("_", ""));
        };
        return negative ? -value : value;
    }

    private void histograms(List<Point> all) {
        Point first = histogram();
        boolean adds = text.startsWith("+{{", at);
        if (!adds && !text.startsWith("-{{", at)) {
            repeat(all, first);
            return;
        }
        at++;
        Point more = histogram();
        FloatHistogram current = first.histogram();
        for (int i = times(); i >= 0; i--) {
            all.add(new Point(0, current, more.hinted()));
            current = combined(current, more.histogram(), adds);
        }
    }

    private static FloatHistogram combined(FloatHistogram a, FloatHistogram b, boolean adds) {
        FloatHistogram result = a.copy();
        try {
            if (adds) {
                HistogramArithmetic.add(result, b);
            } else {
                HistogramArithmetic.subtract(result, b);
            }
        } catch (IncompatibleException e) {
            throw new IllegalArgumentException(e);
        }
        return result;
    }

    private Point histogram() {
        int end = text.indexOf("}}", at);
        String body = text.substring(at + 2, end);
        at = end + 2;
        FloatHistogram histogram = new FloatHistogram();
        double[] positive = {};
        double[] negative = {};
        int positiveOffset = 0;
        int negativeOffset = 0;
        boolean hinted = false;
        Matcher matcher = KEY.matcher(body);
        while (matcher.find()) {
            String value = matcher.group(2);
            switch (matcher.group(1)) {
                case "schema" -> histogram.schema = Integer.parseInt(value);
                case "sum" -> histogram.sum = number(value);
                case "count" -> histogram.count = number(value);
                case "z_bucket" -> histogram.zeroCount = number(value);
                case "z_bucket_w" -> histogram.zeroThreshold = number(value);
                case "custom_values" -> histogram.bounds = numbers(value);
                case "buckets" -> positive = numbers(value);
                case "n_buckets" -> negative = numbers(value);
                case "offset" -> positiveOffset = Integer.parseInt(value);
                case "n_offset" -> negativeOffset = Integer.parseInt(value);
                case "counter_reset_hint" -> {
                    hinted = true;
                    histogram.hint = Hint.valueOf(value.toUpperCase(java.util.Locale.ROOT));
                }
                default -> throw new IllegalArgumentException("unknown key " + matcher.group(1));
            }
        }
        histogram.positive = buckets(positive, positiveOffset);
        histogram.negative = buckets(negative, negativeOffset);
        return new Point(0, histogram, hinted);
    }

    private static double[] numbers(String list) {
        String inner = list.substring(1, list.length() - 1).strip();
        return inner.isEmpty()
                ? new double[0]
                : Arrays.stream(inner.split("\\s+")).mapToDouble(Points::number).toArray();
    }

    private static Buckets buckets(double[] counts, int offset) {
        return counts.length == 0
                ? Buckets.NONE
                : new Buckets(IntStream.range(offset, offset + counts.length).toArray(), counts);
    }
}
