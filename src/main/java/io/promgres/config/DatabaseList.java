package io.promgres.config;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Databases by their URIs, separated by blanks: a URI may have commas. {@code none} is the empty list.
 *
 * @param list in the order in which they were written
 */
public record DatabaseList(List<DatabaseUri> list) {

    private static final String NONE = "none";

    public DatabaseList {
        list = List.copyOf(list);
    }

    /** @throws IllegalArgumentException says what is wrong, without a password */
    static DatabaseList parse(String text) {
        if (text.equals(NONE)) {
            return new DatabaseList(List.of());
        }
        return new DatabaseList(Arrays.stream(text.strip().split("\\s+", -1))
                .map(DatabaseUri::parse)
                .toList());
    }

    /** Without the passwords. */
    @Override
    public String toString() {
        return list.isEmpty() ? NONE : list.stream().map(DatabaseUri::toString).collect(Collectors.joining(" "));
    }
}
