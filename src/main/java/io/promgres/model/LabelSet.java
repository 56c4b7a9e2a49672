package io.promgres.model;

import java.util.Arrays;
import java.util.List;

/**
 * The labels of one series, sorted by name (code points), each name once, no empty name or value, with a
 * {@code __name__}. Immutable. {@code wire} makes them of
 * what it has validated, {@code remoteread} of what is stored.
 */
public final class LabelSet {

    /** The label that holds the metric's name. */
    public static final String METRIC_NAME = "__name__";

    private final String[] namesAndValues;

    private LabelSet(String[] namesAndValues) {
        this.namesAndValues = namesAndValues;
    }

    /** @param namesAndValues name, value, name, value, ..., sorted by name; not copied */
    public static LabelSet ofSorted(String... namesAndValues) {
        return new LabelSet(namesAndValues);
    }

    public int size() {
        return namesAndValues.length / 2;
    }

    public String name(int i) {
        return namesAndValues[2 * i];
    }

    public String value(int i) {
        return namesAndValues[2 * i + 1];
    }

    /** The value of a label, or the empty string if there is no such label: Prometheus does not tell them apart. */
    public String value(String name) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i].equals(name)) {
                return namesAndValues[i + 1];
            }
        }
        return "";
    }

    /** Of all names and values together. */
    public int characters() {
        int characters = 0;
        for (String text : namesAndValues) {
            characters += text.length();
        }
        return characters;
    }

    public String metricName() {
        return value(METRIC_NAME);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelSet that && Arrays.equals(namesAndValues, that.namesAndValues);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(namesAndValues);
    }

    @Override
    public String toString() {
        return List.of(namesAndValues).toString();
    }
}
