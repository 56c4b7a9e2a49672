package io.promgres.promql.syntax;

import java.util.List;

/** The tokens of a query, read from first to last, and the errors that name one of them. */
final class TokenReader {

    private final String input;
    private final List<Token> tokens;
    private int at;

    TokenReader(String input) {
        this.input = input;
        this.tokens = Lexer.tokens(input);
    }

    String input() {
        return input;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    boolean is(TokenType type) {
        return peek().type() == type;
    }

    Token next() {
        Token token = peek();
        if (at < tokens.size() - 1) {
            at++;
        }
        return token;
    }

    /** Takes the next token if it is of this type. */
    boolean accept(TokenType type) {
        if (is(type)) {
            next();
            return true;
        }
        return false;
    }

    Token expect(TokenType type, String context, String expected) {
        if (!is(type)) {
            throw unexpected(context, expected);
        }
        return next();
    }

    /** The token that was read last. */
    Token last() {
        return tokens.get(Math.max(0, at - 1));
    }

    ParseException unexpected(String context, String expected) {
        return error(
                peek().position(),
                "unexpected " + peek().described() + (context.isEmpty() ? "" : " in " + context)
                        + (expected.isEmpty() ? "" : ", expected " + expected));
    }

    ParseException error(Position position, String message) {
        return new ParseException(position, input, message);
    }
}
