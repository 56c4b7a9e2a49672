package io.promgres.promql.syntax;

import com.google.re2j.PatternSyntaxException;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.Matcher;
import io.promgres.promql.syntax.Expr.Extension;
import io.promgres.promql.syntax.Expr.Time;
import io.promgres.promql.syntax.Expr.VectorSelector;
import java.util.ArrayList;
import java.util.List;

/** Reads vector selectors. */
final class SelectorParser {

    private static final String CONTEXT = "label matching";

    private final TokenReader in;

    SelectorParser(TokenReader in) {
        this.in = in;
    }

    /** At the name of a metric or at a left brace. */
    VectorSelector selector() {
        Position position = in.peek().position();
        String name = "";
        if (!in.is(TokenType.LEFT_BRACE)) {
            name = in.next().text();
        }
        List<Matcher> matchers = new ArrayList<>();
        if (in.accept(TokenType.LEFT_BRACE)) {
            matchers(matchers);
            position = position.to(in.last().position());
        }
        if (!name.isEmpty()) {
            matchers.add(new Matcher(Matcher.Type.EQUAL, Labels.NAME, name));
        }
        return new VectorSelector(name, List.copyOf(matchers), Time.PLAIN, Extension.NONE, position);
    }

    private void matchers(List<Matcher> matchers) {
        if (in.accept(TokenType.RIGHT_BRACE)) {
            return;
        }
        while (true) {
            matchers.add(matcher());
            if (in.accept(TokenType.COMMA)) {
                if (in.accept(TokenType.RIGHT_BRACE)) {
                    return;
                }
            } else if (in.accept(TokenType.RIGHT_BRACE)) {
                return;
            } else {
                throw in.unexpected(CONTEXT, "\",\" or \"}\"");
            }
        }
    }

    private Matcher matcher() {
        if (in.is(TokenType.STRING)) {
            Token quoted = in.next();
            String name = unquote(quoted);
            return isMatchOperator() ? matcher(quoted, name) : new Matcher(Matcher.Type.EQUAL, Labels.NAME, name);
        }
        if (!in.is(TokenType.IDENTIFIER)) {
            throw in.unexpected(CONTEXT, "identifier or \"}\"");
        }
        Token name = in.next();
        if (!isMatchOperator()) {
            throw in.unexpected(CONTEXT, "label matching operator");
        }
        return matcher(name, name.text());
    }

    private Matcher matcher(Token label, String name) {
        Matcher.Type type = switch (in.next().type()) {
            case EQL -> Matcher.Type.EQUAL;
            case NEQ -> Matcher.Type.NOT_EQUAL;
            case EQL_REGEX -> Matcher.Type.MATCHES;
            default -> Matcher.Type.NOT_MATCHES;
        };
        Token value = in.expect(TokenType.STRING, CONTEXT, "string");
        try {
            return new Matcher(type, name, unquote(value));
        } catch (PatternSyntaxException e) {
            throw in.error(label.position().to(value.position()), e.getMessage());
        }
    }

    private boolean isMatchOperator() {
        return in.is(TokenType.EQL) || in.is(TokenType.NEQ) || in.is(TokenType.EQL_REGEX) || in.is(TokenType.NEQ_REGEX);
    }

    String unquote(Token string) {
        try {
            return Literals.unquote(string.text());
        } catch (IllegalArgumentException e) {
            throw in.error(string.position(), e.getMessage());
        }
    }
}
