package io.promgres.promql.data;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The labels of a series, sorted by name, without empty values. Immutable. */
public final class Labels implements Comparable<Labels> {

    public static final String NAME = "__name__";
    public static final String BUCKET = "le";
    public static final Labels EMPTY = new Labels(new String[0]);

    /** Name, value, name, value, ... */
    private final String[] pairs;

    private final int hash;

    private Labels(String[] pairs) {
        this.pairs = pairs;
        this.hash = Arrays.hashCode(pairs);
    }

    /** Empty values are left out: they mean that the label is absent. */
    public static Labels of(Map<String, String> map) {
        Builder builder = new Builder(EMPTY);
        map.forEach(builder::set);
        return builder.build();
    }

    /** @param pairs name, value, name, value, ... in any order */
    public static Labels of(String... pairs) {
        Builder builder = new Builder(EMPTY);
        for (int i = 0; i < pairs.length; i += 2) {
            builder.set(pairs[i], pairs[i + 1]);
        }
        return builder.build();
    }

    /** How many labels there are. */
    public int size() {
        return pairs.length / 2;
    }

    public String name(int i) {
        return pairs[2 * i];
    }

    public String value(int i) {
        return pairs[2 * i + 1];
    }

    /** The value of a label; empty if it is absent. */
    public String get(String name) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i].equals(name)) {
                return pairs[i + 1];
            }
        }
        return "";
    }

    public String metricName() {
        return get(NAME);
    }

    /** Without the name, type and unit of the metric: what an operation that changes the value drops. */
    public Labels withoutMetadata() {
        return filter(name -> !isMetadata(name));
    }

    /** Whether a label says which metric it is, and not which series of it. */
    public static boolean isMetadata(String name) {
        return name.equals(NAME) || name.equals("__type__") || name.equals("__unit__");
    }

    public Labels without(Collection<String> names) {
        return filter(name -> !names.contains(name));
    }

    public Labels keep(Collection<String> names) {
        return filter(names::contains);
    }

    private Labels filter(Predicate<String> keep) {
        int kept = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            kept += keep.test(pairs[i]) ? 1 : 0;
        }
        if (kept == size()) {
            return this;
        }
        String[] result = new String[2 * kept];
        for (int i = 0, to = 0; i < pairs.length; i += 2) {
            if (keep.test(pairs[i])) {
                result[to++] = pairs[i];
                result[to++] = pairs[i + 1];
            }
        }
        return new Labels(result);
    }

    /** With one label set; an empty value takes it away. */
    public Labels with(String name, String value) {
        return new Builder(this).set(name, value).build();
    }

    /** Labels that match a group: only those of the list, or all but those of the list and the name of the metric. */
    public Labels match(boolean on, Collection<String> names) {
        return on ? keep(names) : filter(name -> !name.equals(NAME) && !names.contains(name));
    }

    @Override
    public int compareTo(Labels other) {
        int common = Math.min(pairs.length, other.pairs.length);
        for (int i = 0; i < common; i++) {
            int order = pairs[i].compareTo(other.pairs[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(pairs.length, other.pairs.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Labels labels && hash == labels.hash && Arrays.equals(pairs, labels.pairs);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** As Prometheus writes labels: {@code {a="b", c="d"}}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < pairs.length; i += 2) {
            text.append(i == 0 ? "" : ", ")
                    .append(GoText.labelName(pairs[i]))
                    .append('=')
                    .append(GoText.quote(pairs[i + 1]));
        }
        return text.append('}').toString();
    }

    /** Changes labels one by one. */
    public static final class Builder {

        private final TreeMap<String, String> map = new TreeMap<>();

        public Builder(Labels base) {
            for (int i = 0; i < base.pairs.length; i += 2) {
                map.put(base.pairs[i], base.pairs[i + 1]);
            }
        }

        /** An empty value takes the label away. */
        public Builder set(String name, String value) {
            if (value.isEmpty()) {
                map.remove(name);
            } else {
                map.put(name, value);
            }
            return this;
        }

        public String get(String name) {
            return map.getOrDefault(name, "");
        }

        public Labels build() {
            String[] pairs = new String[2 * map.size()];
            int i = 0;
            for (Map.Entry<String, String> entry : map.entrySet()) {
                pairs[i++] = entry.getKey();
                pairs[i++] = entry.getValue();
            }
            return pairs.length == 0 ? EMPTY : new Labels(pairs);
        }
    }
}
