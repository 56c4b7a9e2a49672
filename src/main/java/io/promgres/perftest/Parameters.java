package io.promgres.perftest;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What follows the question mark of a URL, decoded.
 *
 * @param list in the order in which they were sent; a name may be there several times
 */
record Parameters(List<Parameter> list) {

    record Parameter(String name, String value) {}

    /** @throws ApiException a percent sign is not followed by two hexadecimal digits, or a character is NUL */
    static Parameters parse(String query) throws ApiException {
        List<Parameter> list = new ArrayList<>();
        for (String part : query.split("&")) {
            if (!part.isEmpty()) {
                String[] nameAndValue = part.split("=", 2);
                list.add(new Parameter(
                        decoded(nameAndValue[0]), nameAndValue.length < 2 ? "" : decoded(nameAndValue[1])));
            }
        }
        return new Parameters(List.copyOf(list));
    }

    private static String decoded(String text) throws ApiException {
        String decoded;
        try {
            decoded = URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.unreadable("\"" + text + "\"", e.getMessage());
        }
        if (decoded.indexOf('\0') >= 0) {
            throw ApiException.unreadable("\"" + text + "\"", "it has the character NUL");
        }
        return decoded;
    }

    /** The first value of a parameter; empty if it is absent or has none. */
    Optional<String> first(String name) {
        return list.stream()
                .filter(parameter -> parameter.name().equals(name))
                .map(Parameter::value)
                .filter(value -> !value.isEmpty())
                .findFirst();
    }
}
