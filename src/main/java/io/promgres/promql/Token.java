package io.promgres.promql;

/**
 * A piece of an expression's text.
 *
 * @param text of a string: its value; else as it stands there
 */
record Token(Kind kind, String text, int from, int to) {

    enum Kind {
        IDENTIFIER,
        NUMBER,
        DURATION,
        STRING,
        SYMBOL,
        END
    }

    boolean is(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    boolean isWord(String word) {
        return kind == Kind.IDENTIFIER && text.equalsIgnoreCase(word);
    }

    /** In the words of Prometheus' messages. */
    String described() {
        return switch (kind) {
            case END -> "end of input";
            case STRING -> "string " + Text.quote(text);
            case NUMBER -> "number " + Text.quote(text);
            case DURATION -> "duration " + Text.quote(text);
            case IDENTIFIER -> "identifier " + Text.quote(text);
            default -> Text.quote(text);
        };
    }
}
