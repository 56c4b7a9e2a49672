package io.promgres.testing;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A sample as a test sends it.
 *
 * @param labels with __name__
 * @param time milliseconds since the epoch
 * @param bits of its value
 */
public record TestSample(SortedMap<String, String> labels, long time, long bits) {

    public TestSample {
        labels = Collections.unmodifiableSortedMap(labels);
    }

    /** @param labels name, value, name, value, ... without __name__ */
    public static TestSample of(String metric, long time, double value, String... labels) {
        return ofBits(metric, time, Double.doubleToRawLongBits(value), labels);
    }

    /** As {@link #of}, with the value's 64 bits. */
    public static TestSample ofBits(String metric, long time, long bits, String... labels) {
        SortedMap<String, String> all = new TreeMap<>(Map.of("__name__", metric));
        for (int i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        return new TestSample(all, time, bits);
    }

    public double value() {
        return Double.longBitsToDouble(bits);
    }
}
