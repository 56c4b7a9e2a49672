package io.promgres.promql.syntax;

import java.util.List;

/** Splits a query into tokens. */
final class Lexer {

    private final Scanner text;
    private int parens;
    private boolean inBraces;
    private boolean inBrackets;
    private boolean afterColon;

    /** Within brackets: whether there was a number or a duration, behind which there may be what there may be elsewhere. */
    private boolean afterDuration;

    private Lexer(String input) {
        text = new Scanner(input);
    }

    /**
     * The tokens of a query, the last one is {@link TokenType#EOF}.
     *
     * @throws ParseException at what is no token
     */
    static List<Token> tokens(String input) {
        Lexer lexer = new Lexer(input);
        boolean more = true;
        while (more) {
            more = lexer.next();
        }
        return lexer.text.tokens();
    }

    private boolean next() {
        text.begin();
        if (text.peek() == -1) {
            end();
            return false;
        }
        if (inBraces) {
            insideBraces();
        } else if (inBrackets && !afterDuration) {
            durationBegins();
        } else {
            statement();
        }
        return true;
    }

    private void end() {
        if (inBraces) {
            throw text.error("unexpected end of input inside braces");
        }
        if (inBrackets && !afterDuration) {
            throw text.error("unexpected end of input in duration expression");
        }
        if (parens != 0) {
            throw text.error("unclosed left parenthesis");
        }
        if (inBrackets) {
            throw text.error("unclosed left bracket");
        }
        text.emit(TokenType.EOF);
    }

    private void statement() {
        char c = text.next();
        switch (c) {
            case ',' -> text.emit(TokenType.COMMA);
            case '*' -> text.emit(TokenType.MUL);
            case '/' -> text.emit(TokenType.DIV);
            case '%' -> text.emit(TokenType.MOD);
            case '+' -> text.emit(TokenType.ADD);
            case '-' -> text.emit(TokenType.SUB);
            case '^' -> text.emit(TokenType.POW);
            case '@' -> text.emit(TokenType.AT);
            case '=' -> equal();
            case '!' -> {
                if (!text.accept("=")) {
                    throw text.error("unexpected character after '!': " + Scanner.character(text.peek()));
                }
                text.emit(TokenType.NEQ);
            }
            case '<' ->
                text.emit(text.accept("/") ? TokenType.TRIM_UPPER : text.accept("=") ? TokenType.LTE : TokenType.LSS);
            case '>' ->
                text.emit(text.accept("/") ? TokenType.TRIM_LOWER : text.accept("=") ? TokenType.GTE : TokenType.GTR);
            case '"', '\'', '`' -> text.string(c);
            case '(' -> {
                parens++;
                text.emit(TokenType.LEFT_PAREN);
            }
            case ')' -> rightParenthesis();
            case '{' -> {
                inBraces = true;
                text.emit(TokenType.LEFT_BRACE);
            }
            case '[' -> leftBracket();
            case ']' -> rightBracket();
            case '}' -> throw text.error("unexpected right brace '}'");
            default -> wordOrNumber(c);
        }
    }

    private void rightParenthesis() {
        text.emit(TokenType.RIGHT_PAREN);
        if (--parens < 0) {
            throw text.error("unexpected right parenthesis ')'");
        }
    }

    private void leftBracket() {
        if (inBrackets) {
            throw text.error("unexpected left bracket '['");
        }
        inBrackets = true;
        afterColon = false;
        afterDuration = false;
        text.emit(TokenType.LEFT_BRACKET);
    }

    private void rightBracket() {
        if (!inBrackets) {
            throw text.error("unexpected right bracket ']'");
        }
        inBrackets = false;
        text.emit(TokenType.RIGHT_BRACKET);
    }

    private void equal() {
        if (text.accept("=")) {
            text.emit(TokenType.EQLC);
        } else if (text.peek() == '~') {
            throw text.error("unexpected character after '=': '~'");
        } else {
            text.emit(TokenType.EQL);
        }
    }

    private void wordOrNumber(char c) {
        if (Scanner.isDigit(c) || c == '.' && Scanner.isDigit(text.peek())) {
            text.numberOrDuration();
        } else if (Scanner.isLetter(c) || c == ':') {
            if (inBrackets) {
                wordInBrackets(c);
            } else {
                word();
            }
        } else {
            throw text.error("unexpected character: " + text.first());
        }
    }

    private void wordInBrackets(char c) {
        if (c == ':') {
            if (afterColon) {
                throw text.error("unexpected colon ':'");
            }
            afterColon = true;
            text.emit(TokenType.COLON);
        } else if (!durationKeyword()) {
            throw text.error("unexpected character: " + text.first() + ", expected ':'");
        }
    }

    private void word() {
        text.word(":");
        String word = text.scanned();
        TokenType type = TokenType.ofWord(word);
        boolean fill = type == TokenType.FILL || type == TokenType.FILL_LEFT || type == TokenType.FILL_RIGHT;
        if (type != null && !(fill && !text.isBeforeParenthesis())) {
            text.emit(type);
        } else {
            text.emit(word.contains(":") ? TokenType.METRIC_IDENTIFIER : TokenType.IDENTIFIER);
        }
    }

    private void insideBraces() {
        char c = text.next();
        switch (c) {
            case ',' -> text.emit(TokenType.COMMA);
            case '"', '\'', '`' -> text.string(c);
            case '=' -> text.emit(text.accept("~") ? TokenType.EQL_REGEX : TokenType.EQL);
            case '!' -> {
                if (text.accept("~")) {
                    text.emit(TokenType.NEQ_REGEX);
                } else if (text.accept("=")) {
                    text.emit(TokenType.NEQ);
                } else {
                    throw text.error("unexpected character after '!' inside braces: " + Scanner.character(text.peek()));
                }
            }
            case '{' -> throw text.error("unexpected left brace '{'");
            case '}' -> {
                inBraces = false;
                text.emit(TokenType.RIGHT_BRACE);
            }
            default -> {
                if (!Scanner.isLetter(c)) {
                    throw text.error("unexpected character inside braces: " + text.first());
                }
                text.word("");
                text.emit(TokenType.IDENTIFIER);
            }
        }
    }

    /** Within brackets, up to the first number or duration. */
    private void durationBegins() {
        char c = text.next();
        switch (c) {
            case ']' -> rightBracket();
            case ':' -> {
                text.emit(TokenType.COLON);
                throw text.error("unexpected colon before duration in duration expression");
            }
            case '(' -> {
                parens++;
                text.emit(TokenType.LEFT_PAREN);
            }
            case ')' -> rightParenthesis();
            case '+' -> text.emit(TokenType.ADD);
            case '-' -> text.emit(TokenType.SUB);
            case '*' -> text.emit(TokenType.MUL);
            case '/' -> text.emit(TokenType.DIV);
            case '%' -> text.emit(TokenType.MOD);
            case '^' -> text.emit(TokenType.POW);
            case ',' -> text.emit(TokenType.COMMA);
            default -> durationWord(c);
        }
    }

    private void durationWord(char c) {
        if (Scanner.isDigit(c) || c == '.' && Scanner.isDigit(text.peek())) {
            afterDuration = true;
            text.numberOrDuration();
            return;
        }
        if (!durationKeyword()) {
            throw text.error("unexpected character in duration expression: " + text.first());
        }
    }

    private boolean durationKeyword() {
        text.letters();
        TokenType type = TokenType.ofWord(text.scanned());
        if (type != TokenType.STEP && type != TokenType.RANGE && type != TokenType.MAX_OF && type != TokenType.MIN_OF) {
            return false;
        }
        text.emit(type);
        return true;
    }
}
