package io.promgres.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A Content-Type as RFC 9110, 8.3.1 has it: names in any case, blanks around the semicolons, quoted values.
 *
 * @param type such as application/x-protobuf, in lower case
 * @param parameters values by name in lower case; the first of two with one name
 */
public record MediaType(String type, Map<String, String> parameters) {

    /** @return empty if the text is not a media type */
    public static Optional<MediaType> parse(String text) {
        return new Parser(text).mediaType();
    }

    /** One pass over the text; {@code at} is the next character. */
    private static final class Parser {

        private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        Optional<MediaType> mediaType() {
            skipBlanks();
            String type = token();
            if (type.isEmpty() || !skip('/')) {
                return Optional.empty();
            }
            String subtype = token();
            Map<String, String> parameters = new TreeMap<>();
            if (subtype.isEmpty() || !parameters(parameters)) {
                return Optional.empty();
            }
            return Optional.of(new MediaType(lower(type + "/" + subtype), parameters));
        }

        private boolean parameters(Map<String, String> into) {
            skipBlanks();
            while (skip(';')) {
                skipBlanks();
                if (!parameter(into)) {
                    return false;
                }
                skipBlanks();
            }
            return at == text.length();
        }

        // RFC 9110, 5.6.6 allows a semicolon that no parameter follows.
        private boolean parameter(Map<String, String> into) {
            String name = token();
            if (name.isEmpty()) {
                return true;
            }
            if (!skip('=')) {
                return false;
            }
            Optional<String> value = at < text.length() && text.charAt(at) == '"' ? quoted() : nonEmpty(token());
            value.ifPresent(v -> into.putIfAbsent(lower(name), v));
            return value.isPresent();
        }

        private Optional<String> quoted() {
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    return Optional.of(value.toString());
                }
                if (c == '\\' && ++at == text.length()) {
                    return Optional.empty();
                }
                value.append(text.charAt(at));
            }
            return Optional.empty();
        }

        private String token() {
            int start = at;
            while (at < text.length() && isTokenCharacter(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        private boolean skip(char c) {
            boolean there = at < text.length() && text.charAt(at) == c;
            if (there) {
                at++;
            }
            return there;
        }

        private void skipBlanks() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }

        private static Optional<String> nonEmpty(String token) {
            return token.isEmpty() ? Optional.empty() : Optional.of(token);
        }

        private static boolean isTokenCharacter(char c) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || TOKEN_MARKS.indexOf(c) >= 0;
        }

        private static String lower(String name) {
            return name.toLowerCase(Locale.ROOT);
        }
    }
}
