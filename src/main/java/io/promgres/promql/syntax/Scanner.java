package io.promgres.promql.syntax;

import io.promgres.promql.data.GoText;
import java.util.ArrayList;
import java.util.List;

/** Goes over the text of a query, character by character, and collects tokens. Not thread-safe. */
final class Scanner {

    private static final String DIGITS = "0123456789";

    private final String input;
    private final List<Token> tokens = new ArrayList<>();
    private int start;
    private int at;

    Scanner(String input) {
        this.input = input;
    }

    List<Token> tokens() {
        return tokens;
    }

    /** The next token begins behind what means nothing: space and comments. */
    void begin() {
        skipSpace();
        start = at;
    }

    /** The next character, which there is, is part of the token. */
    char next() {
        return input.charAt(at++);
    }

    /** The token so far. */
    String scanned() {
        return input.substring(start, at);
    }

    void skipSpace() {
        while (at < input.length()) {
            char c = input.charAt(at);
            if (c == '#') {
                while (at < input.length() && input.charAt(at) != '\n' && input.charAt(at) != '\r') {
                    at++;
                }
            } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                at++;
            } else {
                return;
            }
        }
    }

    /** A string whose quote has been taken. */
    void string(char quote) {
        while (at < input.length()) {
            char c = input.charAt(at++);
            if (c == quote) {
                emit(TokenType.STRING);
                return;
            }
            if (quote != '`' && c == '\\') {
                if (at == input.length()) {
                    throw error("escape sequence not terminated");
                }
                at++;
            } else if (quote != '`' && c == '\n') {
                throw error("unterminated quoted string");
            }
        }
        throw error(quote == '`' ? "unterminated raw string" : "unterminated quoted string");
    }

    /** Letters, digits, and others. */
    void word(String others) {
        while (isLetter(peek()) || isDigit(peek()) || peek() >= 0 && others.indexOf(peek()) >= 0) {
            at++;
        }
    }

    void letters() {
        while (isLetter(peek())) {
            at++;
        }
    }

    /** Whether the next that means something is a parenthesis. */
    boolean isBeforeParenthesis() {
        int ahead = at;
        while (ahead < input.length() && Character.isWhitespace(input.charAt(ahead))) {
            ahead++;
        }
        return ahead < input.length() && input.charAt(ahead) == '(';
    }

    /** A number or a duration whose first character has been taken. */
    void numberOrDuration() {
        at = start;
        if (number()) {
            emit(TokenType.NUMBER);
        } else if (restOfDuration()) {
            emit(TokenType.DURATION);
        } else {
            throw error("bad number or duration syntax: " + GoText.quote(scanned()));
        }
    }

    private boolean number() {
        int from = at;
        if (accept("0") && accept("xX")) {
            accept("_");
            while (accept(DIGITS + "abcdefABCDEF_")) {}
            return at > from + 2 && !isLetter(peek()) && !isDigit(peek());
        }
        at = from;
        digits();
        if (accept(".")) {
            digits();
            if (peek() == '.') {
                return false;
            }
        }
        int mantissa = at;
        if (accept("eE")) {
            accept("+-");
            int exponent = at;
            digits();
            if (at == exponent) {
                at = mantissa;
            }
        }
        return at > from && !isLetter(peek()) && !isDigit(peek());
    }

    private void digits() {
        while (accept(DIGITS) || peek() == '_' && at + 1 < input.length() && isDigit(input.charAt(at + 1))) {
            accept("_");
        }
    }

    private boolean restOfDuration() {
        if (!accept("smhdwy")) {
            return false;
        }
        accept("s");
        while (accept(DIGITS)) {
            while (accept(DIGITS)) {}
            if (!accept("smhdw")) {
                return false;
            }
            accept("s");
        }
        boolean ended = !isLetter(peek()) && !isDigit(peek());
        at += ended ? 0 : 1;
        return ended;
    }

    /** Takes the next character if it is one of these. */
    boolean accept(String characters) {
        if (at < input.length() && characters.indexOf(input.charAt(at)) >= 0) {
            at++;
            return true;
        }
        return false;
    }

    /** The next character, -1 at the end. */
    int peek() {
        return at < input.length() ? input.charAt(at) : -1;
    }

    /** What goes wrong from here on does so behind the token. */
    void emit(TokenType type) {
        tokens.add(new Token(type, input.substring(start, at), new Position(start, at)));
        start = at;
    }

    ParseException error(String message) {
        return new ParseException(new Position(start, input.length()), input, message);
    }

    /** The first character of the token, as messages name it. */
    String first() {
        return character(input.codePointAt(start));
    }

    /** As messages name it. */
    static String character(int c) {
        if (c == -1) {
            return "end of input";
        }
        return c == '\'' ? "'\\''" : "'" + new String(Character.toChars(c)) + "'";
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    static boolean isLetter(int c) {
        return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
