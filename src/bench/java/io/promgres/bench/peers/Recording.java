package io.promgres.bench.peers;

import io.promgres.testing.Programs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a real node exporter exposed, scrape by scrape, of the series that it had in all of them. Played back for longer than it is,
 * counters go on where they were. Source of the text: "Exposition formats", Prometheus documentation.
 */
final class Recording {

    private static final long MILLIS_BETWEEN = 500;
    private static final int START_ATTEMPTS = 100;
    private static final Pattern SAMPLE = Pattern.compile("([^{\\s]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    private final List<Series> series;

    /**
     * @param labels with __name__, without those of a target, sorted by name
     * @param rises whether it is a counter
     * @param values a scrape each
     */
    private record Series(TreeMap<String, String> labels, boolean rises, double[] values) {

        double at(long scrape) {
            int n = values.length;
            double grown = rises ? scrape / n * Math.max(0, values[n - 1] - values[0]) : 0;
            return values[(int) (scrape % n)] + grown;
        }
    }

    private Recording(List<Series> series) {
        this.series = series;
    }

    /**
     * Starts a node exporter, scrapes it every half second, and stops it.
     *
     * @param log gets what it says
     */
    static Recording ofNodeExporter(int scrapes, Path log) throws IOException, InterruptedException {
        int port = Programs.freePort();
        Process exporter = Programs.start(log, "prometheus-node-exporter", "--web.listen-address=127.0.0.1:" + port);
        try {
            URI address = URI.create("http://127.0.0.1:" + port + "/metrics");
            List<Map<String, Double>> values = new ArrayList<>();
            Map<String, Boolean> rising = new LinkedHashMap<>();
            for (int i = 0; i < scrapes; i++) {
                values.add(parse(get(address), rising));
                Thread.sleep(MILLIS_BETWEEN);
            }
            return of(values, rising);
        } finally {
            Programs.stop(exporter);
        }
    }

    private static String get(URI address) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        for (int attempt = 1; ; attempt++) {
            try {
                return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                        .body();
            } catch (IOException e) {
                if (attempt == START_ATTEMPTS) {
                    throw e;
                }
                Thread.sleep(MILLIS_BETWEEN / 10);
            }
        }
    }

    /** @param rising is added to: for each series whether it is a counter */
    private static Map<String, Double> parse(String text, Map<String, Boolean> rising) {
        Map<String, Double> values = new LinkedHashMap<>();
        boolean rises = false;
        for (String line : text.split("\n")) {
            if (line.startsWith("# TYPE ")) {
                rises = !line.endsWith(" gauge") && !line.endsWith(" untyped");
            } else if (!line.startsWith("#")) {
                int end = line.lastIndexOf(' ');
                String name = line.substring(0, end);
                values.put(name, number(line.substring(end + 1)));
                // Of a summary the quantiles are no counters.
                rising.putIfAbsent(name, rises && !name.contains("quantile="));
            }
        }
        return values;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static Recording of(List<Map<String, Double>> scrapes, Map<String, Boolean> rising) {
        List<Series> series = new ArrayList<>();
        rising.forEach((name, rises) -> {
            if (scrapes.stream().allMatch(scrape -> scrape.containsKey(name))) {
                double[] values =
                        scrapes.stream().mapToDouble(scrape -> scrape.get(name)).toArray();
                series.add(new Series(labels(name), rises, values));
            }
        });
        return new Recording(series);
    }

    private static TreeMap<String, String> labels(String name) {
        Matcher parts = SAMPLE.matcher(name + " 0");
        if (!parts.matches()) {
            throw new IllegalStateException("not a sample: " + name);
        }
        TreeMap<String, String> labels = new TreeMap<>(Map.of("__name__", parts.group(1)));
        if (parts.group(2) != null) {
            LABEL.matcher(parts.group(2))
                    .results()
                    .forEach(label -> labels.put(
                            label.group(1),
                            label.group(2)
                                    .replace("\\n", "\n")
                                    .replace("\\\"", "\"")
                                    .replace("\\\\", "\\")));
        }
        return labels;
    }

    int size() {
        return series.size();
    }

    /** The labels of a series, to be changed. */
    TreeMap<String, String> labels(int index) {
        return new TreeMap<>(series.get(index).labels());
    }

    double value(int index, long scrape) {
        return series.get(index).at(scrape);
    }
}
