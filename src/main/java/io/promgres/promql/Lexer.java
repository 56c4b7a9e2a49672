package io.promgres.promql;

import java.util.ArrayList;
import java.util.List;

/** Cuts an expression's text into tokens. */
final class Lexer {

    private static final String[] SYMBOLS = {
        "==", "!=", "=~", "!~", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "%", "^", "(", ")", "{", "}", "[", "]",
        ",", ":", "@"
    };

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String text) {
        this.text = text;
    }

    static List<Token> read(String text) throws QueryException {
        Lexer lexer = new Lexer(text);
        while (lexer.next()) {
            continue;
        }
        lexer.tokens.add(new Token(Token.Kind.END, "", text.length(), text.length()));
        return lexer.tokens;
    }

    /** An error of Prometheus' form, with line and column. */
    static QueryException error(String text, int at, String message) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < at && i < text.length(); i++) {
            column++;
            if (text.charAt(i) == '\n') {
                line++;
                column = 1;
            }
        }
        return new QueryException(QueryException.Kind.PARSE, line + ":" + column + ": parse error: " + message);
    }

    private boolean next() throws QueryException {
        skipBlanks();
        if (at == text.length()) {
            return false;
        }
        char c = text.charAt(at);
        if (c == '"' || c == '\'' || c == '`') {
            string(c);
        } else if (isDigit(c) || c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1))) {
            number();
        } else if (isLetter(c) || c == ':' && !insideBrackets()) {
            identifier();
        } else {
            symbol();
        }
        return true;
    }

    private boolean insideBrackets() {
        int depth = 0;
        for (int i = tokens.size() - 1; i >= 0; i--) {
            depth += tokens.get(i).is("]") ? 1 : tokens.get(i).is("[") ? -1 : 0;
            if (depth < 0) {
                return true;
            }
        }
        return false;
    }

    private void skipBlanks() {
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
            } else if (text.charAt(at) == '#') {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else {
                return;
            }
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }

    private void identifier() {
        int from = at;
        boolean colons = !insideBrackets();
        while (at < text.length()
                && (isLetter(text.charAt(at)) || isDigit(text.charAt(at)) || colons && text.charAt(at) == ':')) {
            at++;
        }
        tokens.add(new Token(Token.Kind.IDENTIFIER, text.substring(from, at), from, at));
    }

    private void number() throws QueryException {
        int from = at;
        if (text.startsWith("0x", at) || text.startsWith("0X", at)) {
            at += 2;
            while (at < text.length() && Character.digit(text.charAt(at), 16) >= 0) {
                at++;
            }
            add(Token.Kind.NUMBER, from);
            return;
        }
        digits();
        boolean whole = true;
        if (at < text.length() && text.charAt(at) == '.') {
            whole = false;
            at++;
            digits();
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            whole = false;
            at++;
            if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                at++;
            }
            digits();
        }
        if (at < text.length() && (isLetter(text.charAt(at)) || isDigit(text.charAt(at)))) {
            while (at < text.length() && (isLetter(text.charAt(at)) || isDigit(text.charAt(at)))) {
                at++;
            }
            String word = text.substring(from, at);
            if (!whole || Text.parseDuration(word) < 0) {
                throw error(text, from, "bad number or duration syntax: " + Text.quote(word));
            }
            add(Token.Kind.DURATION, from);
            return;
        }
        add(Token.Kind.NUMBER, from);
    }

    private void digits() {
        while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
    }

    private void add(Token.Kind kind, int from) {
        tokens.add(new Token(kind, text.substring(from, at), from, at));
    }

    private void symbol() throws QueryException {
        for (String symbol : SYMBOLS) {
            if (text.startsWith(symbol, at)) {
                int from = at;
                at += symbol.length();
                add(Token.Kind.SYMBOL, from);
                return;
            }
        }
        String character = text.substring(at, text.offsetByCodePoints(at, 1));
        throw error(text, at, "unexpected character: '" + character + "'");
    }

    private void string(char quote) throws QueryException {
        int from = at++;
        StringBuilder value = new StringBuilder();
        while (true) {
            if (at >= text.length() || quote != '`' && text.charAt(at) == '\n') {
                throw error(text, from, quote == '`' ? "unterminated raw string" : "unterminated quoted string");
            }
            char c = text.charAt(at++);
            if (c == quote) {
                tokens.add(new Token(Token.Kind.STRING, value.toString(), from, at));
                return;
            }
            if (c == '\\' && quote != '`') {
                escape(quote, value);
            } else {
                value.append(c);
            }
        }
    }

    private void escape(char quote, StringBuilder into) throws QueryException {
        char c = at < text.length() ? text.charAt(at++) : 0;
        int simple = "abfnrtv\\".indexOf(c);
        if (c == quote) {
            into.append(c);
        } else if (simple >= 0 && c != 0) {
            into.append("\007\b\f\n\r\t\013\\".charAt(simple));
        } else if (c == 'x' || c == 'u' || c == 'U') {
            into.appendCodePoint(digits(c == 'x' ? 2 : c == 'u' ? 4 : 8, 16));
        } else if (c >= '0' && c <= '7') {
            at--;
            into.appendCodePoint(digits(3, 8));
        } else {
            throw error(text, at - 1, "unknown escape sequence U+" + String.format("%04X '%c'", (int) c, c));
        }
    }

    private int digits(int count, int radix) throws QueryException {
        int end = at + count;
        try {
            if (end > text.length()) {
                throw new NumberFormatException();
            }
            int point = Integer.parseUnsignedInt(text.substring(at, end), radix);
            if (!Character.isValidCodePoint(point)) {
                throw new NumberFormatException();
            }
            at = end;
            return point;
        } catch (NumberFormatException e) {
            throw error(text, at, "escape sequence is an invalid Unicode code point");
        }
    }
}
