package io.promgres.promql;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The labels of a series, sorted by name; no value is empty. Immutable. */
public final class Labels implements Comparable<Labels> {

    /** The label that holds the metric's name. */
    public static final String NAME = "__name__";

    public static final Labels EMPTY = new Labels(new String[0]);

    private final String[] pairs;
    private final int hash;

    private Labels(String[] pairs) {
        this.pairs = pairs;
        this.hash = Arrays.hashCode(pairs);
    }

    /** @param pairs name, value, name, value, ..., sorted by name, without empty values; not copied */
    public static Labels ofSorted(String... pairs) {
        return new Labels(pairs);
    }

    /** Labels with empty values are left out. */
    public static Labels of(Map<String, String> labels) {
        List<String> pairs = new ArrayList<>();
        new TreeMap<>(labels).forEach((name, value) -> {
            if (!value.isEmpty()) {
                pairs.add(name);
                pairs.add(value);
            }
        });
        return new Labels(pairs.toArray(String[]::new));
    }

    public int size() {
        return pairs.length / 2;
    }

    public String name(int i) {
        return pairs[2 * i];
    }

    public String value(int i) {
        return pairs[2 * i + 1];
    }

    /** The empty text if there is no such label. */
    public String get(String name) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i].equals(name)) {
                return pairs[i + 1];
            }
        }
        return "";
    }

    Map<String, String> toMap() {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < size(); i++) {
            map.put(name(i), value(i));
        }
        return map;
    }

    /** Without what is said about a metric as a whole: its name, its type, its unit. */
    Labels withoutName() {
        return filter(name -> !name.equals(NAME) && !name.equals("__type__") && !name.equals("__unit__"));
    }

    Labels only(Collection<String> names) {
        return filter(names::contains);
    }

    /** Without these, and without the metric's name. */
    Labels without(Collection<String> names) {
        return filter(name -> !name.equals(NAME) && !names.contains(name));
    }

    Labels filter(Predicate<String> wanted) {
        String[] kept = new String[pairs.length];
        int size = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            if (wanted.test(pairs[i])) {
                kept[size++] = pairs[i];
                kept[size++] = pairs[i + 1];
            }
        }
        return size == pairs.length ? this : new Labels(Arrays.copyOf(kept, size));
    }

    /** With a label set; an empty value takes it away. */
    Labels with(String name, String value) {
        Map<String, String> map = toMap();
        map.put(name, value);
        return of(map);
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
        return other instanceof Labels that && hash == that.hash && Arrays.equals(pairs, that.pairs);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** {@code {a="b", c="d"}}, the metric's name among them. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < size(); i++) {
            text.append(i == 0 ? "" : ", ").append(name(i)).append('=').append(Text.quote(value(i)));
        }
        return text.append('}').toString();
    }
}
