package io.promgres.config;

import java.util.Arrays;
import java.util.List;

/**
 * Names of the user's choice, each once: {@code team-a,team-b}; {@code none} is the empty list.
 *
 * @param list of 1 to 63 letters, digits and {@code . _ -} each
 */
public record NameList(List<String> list) {

    private static final String NONE = "none";

    public NameList {
        list = List.copyOf(list);
    }

    /** @throws IllegalArgumentException says what is wrong */
    static NameList parse(String text) {
        if (text.equals(NONE)) {
            return new NameList(List.of());
        }
        List<String> names =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        for (String name : names) {
            if (!name.matches("[A-Za-z0-9._-]{1,63}") || name.equals(NONE)) {
                throw new IllegalArgumentException(
                        "\"" + name + "\" is not a name: write 1 to 63 letters, digits, dots, _ and -");
            }
        }
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("\"" + text + "\" has a name twice");
        }
        return new NameList(names);
    }
}
