package io.promgres.query;

import java.util.Optional;

/**
 * The form in which Prometheus puts a name that is no identifier into a path: behind {@code U__}, with each other character as
 * its hexadecimal number between underscores, and two underscores for one.
 */
final class EscapedName {

    private static final int LONGEST_NUMBER = 6;

    private EscapedName() {}

    /** The name; empty if the text is not of this form. */
    static Optional<String> decode(String text) {
        StringBuilder name = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) != '_') {
                name.append(text.charAt(at));
                continue;
            }
            int end = text.indexOf('_', at + 1);
            if (end == at + 1) {
                name.append('_');
            } else if (end < 0 || !isNumber(text.substring(at + 1, end))) {
                return Optional.empty();
            } else {
                name.appendCodePoint(Integer.parseInt(text.substring(at + 1, end), 16));
            }
            at = end;
        }
        return Optional.of(name.toString());
    }

    private static boolean isNumber(String hexadecimal) {
        return hexadecimal.length() <= LONGEST_NUMBER
                && hexadecimal.matches("[0-9A-Fa-f]+")
                && Character.isValidCodePoint(Integer.parseInt(hexadecimal, 16));
    }
}
