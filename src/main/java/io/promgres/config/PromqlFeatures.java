package io.promgres.config;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Features of PromQL that are switched on, by Prometheus' names: {@code all}, {@code none}, or names separated by commas.
 *
 * @param names of those that there are
 */
public record PromqlFeatures(Set<String> names) {

    private static final List<String> ALL = List.of(
            "promql-experimental-functions",
            "promql-duration-expr",
            "promql-delayed-name-removal",
            "promql-extended-range-selectors",
            "promql-binop-fill-modifiers",
            "use-start-timestamps");

    public PromqlFeatures {
        names = Set.copyOf(names);
    }

    /** @throws IllegalArgumentException says what is wrong */
    static PromqlFeatures parse(String text) {
        if (text.equals("none")) {
            return new PromqlFeatures(Set.of());
        }
        if (text.equals("all")) {
            return new PromqlFeatures(new TreeSet<>(ALL));
        }
        Set<String> names =
                Arrays.stream(text.split(",", -1)).map(String::strip).collect(Collectors.toSet());
        for (String name : names) {
            if (!ALL.contains(name)) {
                throw new IllegalArgumentException(
                        "\"" + name + "\" is no feature: there are all, none, " + String.join(", ", ALL));
            }
        }
        return new PromqlFeatures(names);
    }
}
