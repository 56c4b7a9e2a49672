package io.promgres.datamodel;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sample as a sender has it.
 *
 * @param labels with __name__, in order of their names
 */
record Sample(TreeMap<String, String> labels, Instant time, double value) {

    /** @param labels name, value, name, value, ... without the metric's name */
    static Sample of(String metric, Instant time, double value, String... labels) {
        TreeMap<String, String> all = new TreeMap<>(Map.of("__name__", metric));
        for (int i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        return new Sample(all, time, value);
    }
}
