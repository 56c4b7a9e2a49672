package io.promgres.config;

import java.util.Arrays;
import java.util.List;

/**
 * What stands in front of table names, each once: {@code perf_test_,profile_data_}; {@code none} is the empty one.
 *
 * @param list at least one
 */
public record TablePrefixes(List<String> list) {

    private static final String NONE = "none";

    public TablePrefixes {
        list = List.copyOf(list);
    }

    /** @throws IllegalArgumentException says what is wrong */
    static TablePrefixes parse(String text) {
        List<String> prefixes = Arrays.stream(text.split(",", -1))
                .map(item -> prefix(item.strip()))
                .toList();
        if (prefixes.stream().distinct().count() < prefixes.size()) {
            throw new IllegalArgumentException("\"" + text + "\" has a prefix twice");
        }
        return new TablePrefixes(prefixes);
    }

    private static String prefix(String item) {
        if (!item.matches("[A-Za-z0-9_]{1,63}")) {
            throw new IllegalArgumentException(
                    "\"" + item + "\" is not a prefix: write letters, digits and _, or none for an empty one");
        }
        return item.equals(NONE) ? "" : item;
    }
}
