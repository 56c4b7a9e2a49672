package io.promgres.promql;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Samples in memory. */
final class MemorySource implements SampleSource {

    private final Map<Labels, TreeMap<Long, Double>> series = new LinkedHashMap<>();

    void add(Labels labels, long time, double value) {
        series.computeIfAbsent(labels, key -> new TreeMap<>()).put(time, value);
    }

    void clear() {
        series.clear();
    }

    @Override
    public void read(List<Matcher> matchers, long from, long to, Sink sink) throws QueryException {
        for (Map.Entry<Labels, TreeMap<Long, Double>> one : series.entrySet()) {
            if (matchers.stream().allMatch(matcher -> matches(matcher, one.getKey())) && from <= to) {
                Map<Long, Double> samples = one.getValue().subMap(from, true, to, true);
                long[] times = samples.keySet().stream().mapToLong(time -> time).toArray();
                double[] values =
                        samples.values().stream().mapToDouble(value -> value).toArray();
                if (times.length > 0) {
                    sink.take(one.getKey(), new Samples(Arrays.copyOf(times, times.length), values, times.length));
                }
            }
        }
    }

    private static boolean matches(Matcher matcher, Labels labels) {
        String value = labels.get(matcher.name());
        return switch (matcher.operator()) {
            case "=" -> value.equals(matcher.value());
            case "!=" -> !value.equals(matcher.value());
            case "=~" -> com.google.re2j.Pattern.matches("(?s:" + matcher.value() + ")", value);
            default -> !com.google.re2j.Pattern.matches("(?s:" + matcher.value() + ")", value);
        };
    }

    @Override
    public void check() {
        // Nobody goes away here.
    }
}
