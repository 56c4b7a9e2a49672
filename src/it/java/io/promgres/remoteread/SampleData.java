package io.promgres.remoteread;

import io.promgres.remotewrite.WriteRequestEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Series of all kinds over four hours, a sample every 15 seconds: counters with resets, gauges, histograms, series that come
 * and go, and values that are no numbers.
 */
public final class SampleData {

    public static final int STEP_MILLIS = 15_000;
    public static final int SAMPLES = 4 * 60 * 4;

    private static final double[] BOUNDS = {0.05, 0.1, 0.25, 0.5, 1, 2.5, Double.POSITIVE_INFINITY};

    private record Sample(Map<String, String> labels, long time, double value) {}

    private final long start;
    private final Random random = new Random(42);
    private final List<Sample> samples = new ArrayList<>();

    /** @param start of the first samples, milliseconds since the epoch */
    public SampleData(long start) {
        this.start = start;
        for (int host = 1; host <= 3; host++) {
            ofHost("host-" + host + ":9100", host);
        }
        series(i -> 1, "up", "job", "lone", "instance", "only");
        series(i -> Math.floor(i / 100.0), "ungrouped");
        series(i -> i % 7 == 0 ? Double.NaN : i % 5 == 0 ? Double.POSITIVE_INFINITY : -i, "odd_values", "job", "odd");
        series(i -> i, "text", "job", "odd", "says", "größe \"und\" \\ \u65e5");
    }

    private void ofHost(String instance, int host) {
        int reset = 200 * host;
        series(i -> 1, "up", "job", "api", "instance", instance);
        series(i -> 1, "build_info", "job", "api", "instance", instance, "version", "1." + host);
        for (String code : new String[] {"200", "404", "500"}) {
            double perStep = Integer.parseInt(code) / 100.0 / host;
            series(
                    i -> Math.floor((i < reset ? i : i - reset) * perStep * 3),
                    "http_requests_total",
                    "job",
                    "api",
                    "instance",
                    instance,
                    "code",
                    code);
        }
        for (String room : new String[] {"cellar", "attic"}) {
            series(
                    i -> 20 + 5 * Math.sin(i / 60.0 + host) + random.nextGaussian() / 10,
                    "temperature_celsius",
                    "job",
                    "home",
                    "instance",
                    instance,
                    "room",
                    room);
        }
        series(i -> i / 120 % 2 == host % 2 ? i : Double.MAX_VALUE, "comes_and_goes", "instance", instance);
        histogram(instance, host);
    }

    private void histogram(String instance, int host) {
        double[] counts = new double[BOUNDS.length];
        double[] sum = {0};
        double[][] history = new double[SAMPLES][];
        double[] sums = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            for (int n = 0; n < 5; n++) {
                double seconds = Math.exp(random.nextGaussian()) / 5 * host;
                sum[0] += seconds;
                for (int bucket = 0; bucket < BOUNDS.length; bucket++) {
                    counts[bucket] += seconds <= BOUNDS[bucket] ? 1 : 0;
                }
            }
            history[i] = counts.clone();
            sums[i] = sum[0];
        }
        for (int bucket = 0; bucket < BOUNDS.length; bucket++) {
            int number = bucket;
            String bound = Double.isInfinite(BOUNDS[bucket]) ? "+Inf" : Double.toString(BOUNDS[bucket]);
            series(i -> history[i][number], "latency_seconds_bucket", "job", "api", "instance", instance, "le", bound);
        }
        series(i -> sums[i], "latency_seconds_sum", "job", "api", "instance", instance);
        series(i -> history[i][BOUNDS.length - 1], "latency_seconds_count", "job", "api", "instance", instance);
    }

    /** Double.MAX_VALUE is no sample. */
    private void series(IntToDoubleFunction value, String name, String... namesAndValues) {
        Map<String, String> labels = new TreeMap<>();
        labels.put("__name__", name);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            labels.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        for (int i = 0; i < SAMPLES; i++) {
            double one = value.applyAsDouble(i);
            if (one != Double.MAX_VALUE) {
                samples.add(new Sample(labels, start + (long) i * STEP_MILLIS, one));
            }
        }
    }

    /** Bodies of remote write requests, each with up to so many samples. */
    public List<byte[]> requests(int most) {
        List<byte[]> requests = new ArrayList<>();
        for (int from = 0; from < samples.size(); from += most) {
            WriteRequestEncoder request = new WriteRequestEncoder();
            samples.subList(from, Math.min(samples.size(), from + most))
                    .forEach(sample -> request.add(sample.labels(), sample.time(), sample.value()));
            requests.add(request.encode());
        }
        return requests;
    }

    /** The same as OpenMetrics text, of which promtool makes blocks. */
    public String openMetrics() {
        StringBuilder text = new StringBuilder();
        for (Sample sample : samples) {
            String labels = sample.labels().entrySet().stream()
                    .filter(label -> !label.getKey().equals("__name__"))
                    .map(label -> label.getKey() + "=\"" + escaped(label.getValue()) + '"')
                    .collect(Collectors.joining(","));
            text.append(sample.labels().get("__name__"))
                    .append(labels.isEmpty() ? "" : '{' + labels + '}')
                    .append(' ')
                    .append(text(sample.value()))
                    .append(' ')
                    .append(sample.time() / 1000)
                    .append('\n');
        }
        return text.append("# EOF\n").toString();
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static String text(double value) {
        return Double.isInfinite(value) ? (value > 0 ? "+Inf" : "-Inf") : Double.toString(value);
    }
}
