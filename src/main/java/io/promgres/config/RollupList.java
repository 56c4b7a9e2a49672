package io.promgres.config;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Resolutions of rollups, by their names: {@code none}, {@code 1h}, {@code 5m,1h}.
 *
 * @param names of those that there are, each once
 */
public record RollupList(List<String> names) {

    private static final String NONE = "none";
    private static final List<String> ALL = List.of("5m", "1h");

    public RollupList {
        names = List.copyOf(names);
    }

    /** @throws IllegalArgumentException says what is wrong */
    static RollupList parse(String text) {
        if (text.equals(NONE)) {
            return new RollupList(List.of());
        }
        List<String> names =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        for (String name : names) {
            if (!ALL.contains(name)) {
                throw new IllegalArgumentException(
                        "\"" + name + "\" is no resolution of rollups: there are none, " + String.join(", ", ALL));
            }
        }
        return new RollupList(List.copyOf(new TreeSet<>(names)));
    }

    /** As a user would write it. */
    @Override
    public String toString() {
        return names.isEmpty() ? NONE : String.join(",", names);
    }
}
