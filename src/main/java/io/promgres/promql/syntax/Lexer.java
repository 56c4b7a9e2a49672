package io.promgres.promql.syntax;

import io.promgres.promql.data.GoText;
import java.util.ArrayList;
import java.util.List;

/** Splits a query into tokens. */
final class Lexer {

    private static final String DIGITS = "0123456789";

    private final String input;
    private final List<Token> tokens = new ArrayList<>();
    private int start;
    private int at;
    private int parens;
    private boolean inBraces;
    private boolean inBrackets;
    private boolean afterColon;
    private boolean afterDuration;

    private Lexer(String input) {
        this.input = input;
    }

    /**
     * The tokens of a query, the last one is {@link TokenType#EOF}.
     *
     * @throws ParseException at what is no token
     */
    static List<Token> tokens(String input) {
        Lexer lexer = new Lexer(input);
        while (lexer.next()) {
            lexer.start = lexer.at;
        }
        return lexer.tokens;
    }

    private boolean next() {
        skipSpace();
        start = at;
        int c = peek();
        if (c == -1) {
            end();
            return false;
        }
        if (inBraces) {
            insideBraces();
        } else if (inBrackets) {
            insideBrackets();
        } else {
            statement();
        }
        return true;
    }

    private void skipSpace() {
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

    private void end() {
        if (inBraces) {
            throw error("unexpected end of input inside braces");
        }
        if (inBrackets) {
            throw error("unexpected end of input in duration expression");
        }
        if (parens != 0) {
            throw error("unclosed left parenthesis");
        }
        emit(TokenType.EOF);
    }

    private void statement() {
        char c = input.charAt(at++);
        switch (c) {
            case ',' -> emit(TokenType.COMMA);
            case '*' -> emit(TokenType.MUL);
            case '/' -> emit(TokenType.DIV);
            case '%' -> emit(TokenType.MOD);
            case '+' -> emit(TokenType.ADD);
            case '-' -> emit(TokenType.SUB);
            case '^' -> emit(TokenType.POW);
            case '@' -> emit(TokenType.AT);
            case '=' -> equal();
            case '!' -> {
                if (!accept("=")) {
                    throw error("unexpected character after '!': " + character(peek()));
                }
                emit(TokenType.NEQ);
            }
            case '<' -> emit(accept("/") ? TokenType.TRIM_UPPER : accept("=") ? TokenType.LTE : TokenType.LSS);
            case '>' -> emit(accept("/") ? TokenType.TRIM_LOWER : accept("=") ? TokenType.GTE : TokenType.GTR);
            case '"', '\'', '`' -> string(c);
            case '(' -> {
                parens++;
                emit(TokenType.LEFT_PAREN);
            }
            case ')' -> {
                if (--parens < 0) {
                    throw error("unexpected right parenthesis ')'");
                }
                emit(TokenType.RIGHT_PAREN);
            }
            case '{' -> {
                inBraces = true;
                emit(TokenType.LEFT_BRACE);
            }
            case '[' -> {
                inBrackets = true;
                afterColon = false;
                afterDuration = false;
                emit(TokenType.LEFT_BRACKET);
            }
            case ']' -> throw error("unexpected right bracket ']'");
            case '}' -> throw error("unexpected right brace '}'");
            default -> wordOrNumber(c);
        }
    }

    private void equal() {
        if (accept("=")) {
            emit(TokenType.EQLC);
        } else if (peek() == '~') {
            throw error("unexpected character after '=': '~'");
        } else {
            emit(TokenType.EQL);
        }
    }

    private void wordOrNumber(char c) {
        if (isDigit(c) || c == '.' && isDigit(peek())) {
            at--;
            numberOrDuration();
        } else if (isLetter(c) || c == ':') {
            word();
        } else {
            at--;
            int unknown = input.codePointAt(at);
            at += Character.charCount(unknown);
            throw error("unexpected character: " + character(unknown));
        }
    }

    private void word() {
        while (isLetter(peek()) || isDigit(peek()) || peek() == ':') {
            at++;
        }
        String word = input.substring(start, at);
        TokenType type = TokenType.ofWord(word);
        boolean fill = type == TokenType.FILL || type == TokenType.FILL_LEFT || type == TokenType.FILL_RIGHT;
        if (type != null && !(fill && !beforeParenthesis())) {
            emit(type);
        } else {
            emit(word.contains(":") ? TokenType.METRIC_IDENTIFIER : TokenType.IDENTIFIER);
        }
    }

    private boolean beforeParenthesis() {
        int ahead = at;
        while (ahead < input.length() && Character.isWhitespace(input.charAt(ahead))) {
            ahead++;
        }
        return ahead < input.length() && input.charAt(ahead) == '(';
    }

    private void insideBraces() {
        char c = input.charAt(at++);
        switch (c) {
            case ',' -> emit(TokenType.COMMA);
            case '"', '\'', '`' -> string(c);
            case '=' -> emit(accept("~") ? TokenType.EQL_REGEX : TokenType.EQL);
            case '!' -> {
                if (accept("~")) {
                    emit(TokenType.NEQ_REGEX);
                } else if (accept("=")) {
                    emit(TokenType.NEQ);
                } else {
                    throw error("unexpected character after '!' inside braces: " + character(peek()));
                }
            }
            case '{' -> throw error("unexpected left brace '{'");
            case '}' -> {
                inBraces = false;
                emit(TokenType.RIGHT_BRACE);
            }
            default -> {
                if (!isLetter(c)) {
                    throw error("unexpected character inside braces: " + character(input.codePointAt(at - 1)));
                }
                while (isLetter(peek()) || isDigit(peek())) {
                    at++;
                }
                emit(TokenType.IDENTIFIER);
            }
        }
    }

    private void insideBrackets() {
        char c = input.charAt(at++);
        switch (c) {
            case ']' -> {
                inBrackets = false;
                emit(TokenType.RIGHT_BRACKET);
            }
            case ':' -> {
                if (!afterDuration) {
                    throw error("unexpected colon before duration in duration expression");
                }
                if (afterColon) {
                    throw error("unexpected repeated colon in duration expression");
                }
                afterColon = true;
                emit(TokenType.COLON);
            }
            case '(' -> {
                parens++;
                emit(TokenType.LEFT_PAREN);
            }
            case ')' -> {
                if (--parens < 0) {
                    throw error("unexpected right parenthesis ')'");
                }
                emit(TokenType.RIGHT_PAREN);
            }
            case '+' -> emit(TokenType.ADD);
            case '-' -> emit(TokenType.SUB);
            case '*' -> emit(TokenType.MUL);
            case '/' -> emit(TokenType.DIV);
            case '%' -> emit(TokenType.MOD);
            case '^' -> emit(TokenType.POW);
            case ',' -> emit(TokenType.COMMA);
            default -> durationWord(c);
        }
    }

    private void durationWord(char c) {
        if (isDigit(c) || c == '.' && isDigit(peek())) {
            at--;
            afterDuration = true;
            numberOrDuration();
            return;
        }
        while (isLetter(peek())) {
            at++;
        }
        TokenType type = TokenType.ofWord(input.substring(start, at));
        if (type != TokenType.STEP && type != TokenType.RANGE && type != TokenType.MAX_OF && type != TokenType.MIN_OF) {
            throw error("unexpected character in duration expression: " + character(input.codePointAt(start)));
        }
        afterDuration = true;
        emit(type);
    }

    private void string(char quote) {
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

    private void numberOrDuration() {
        if (number()) {
            emit(TokenType.NUMBER);
        } else if (restOfDuration()) {
            emit(TokenType.DURATION);
        } else {
            while (isLetter(peek()) || isDigit(peek())) {
                at++;
            }
            throw error("bad number or duration syntax: "
                    + GoText.quote(input.substring(start, Math.min(at, input.length()))));
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
        return !isLetter(peek()) && !isDigit(peek());
    }

    private boolean accept(String characters) {
        if (at < input.length() && characters.indexOf(input.charAt(at)) >= 0) {
            at++;
            return true;
        }
        return false;
    }

    private int peek() {
        return at < input.length() ? input.charAt(at) : -1;
    }

    private void emit(TokenType type) {
        tokens.add(new Token(type, input.substring(start, at), new Position(start, at)));
    }

    private ParseException error(String message) {
        return new ParseException(new Position(start, input.length()), input, message);
    }

    private static String character(int c) {
        if (c == -1) {
            return "end of input";
        }
        return c == '\'' ? "'\\''" : "'" + new String(Character.toChars(c)) + "'";
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(int c) {
        return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
