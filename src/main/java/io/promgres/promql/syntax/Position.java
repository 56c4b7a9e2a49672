package io.promgres.promql.syntax;

/**
 * Where something stands in the text of a query.
 *
 * @param start of its first character, from 0
 * @param end behind its last character
 */
public record Position(int start, int end) {

    public Position to(Position last) {
        return new Position(start, last.end);
    }

    /** Line and column of the start, each from 1, as messages have them. */
    public String in(String query) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < Math.min(start, query.length()); i++) {
            if (query.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return line + ":" + (start - lineStart + 1);
    }
}
