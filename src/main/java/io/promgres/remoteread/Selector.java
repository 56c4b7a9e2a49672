package io.promgres.remoteread;

import io.promgres.model.LabelSet;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.model.ReadQuery.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads the selector of PromQL: {@code up}, {@code node_load1{job="a"}}, {@code {__name__=~"node_.*", job!="b"}}, and names
 * in quotes as Prometheus 3 has them: {@code {"http.requests", "status.code"="200"}}.
 */
public final class Selector {

    private static final Map<String, Operator> OPERATORS = Map.of(
            "=", Operator.EQUAL,
            "!=", Operator.NOT_EQUAL,
            "=~", Operator.MATCHES,
            "!~", Operator.MATCHES_NOT);

    private final String text;
    private final List<Matcher> matchers = new ArrayList<>();
    private int at;

    private Selector(String text) {
        this.text = text;
    }

    /** @throws ReadRefusedException says what is wrong, and where */
    public static List<Matcher> parse(String text) throws ReadRefusedException {
        Selector selector = new Selector(text);
        selector.read();
        boolean everything = true;
        for (Matcher matcher : selector.matchers) {
            everything &= new LabelMatcher(matcher).matchesAbsent();
        }
        if (everything) {
            throw new ReadRefusedException("the selector " + text
                    + " matches every series: at least one matcher must not match the empty value, such as"
                    + " {__name__!=\"\"}");
        }
        return List.copyOf(selector.matchers);
    }

    private void read() throws ReadRefusedException {
        skipBlanks();
        if (at < text.length() && isNameStart(text.charAt(at), true)) {
            addName(name(true));
            skipBlanks();
        }
        if (at < text.length()) {
            expect('{');
            readMatchers();
            skipBlanks();
        }
        if (at < text.length()) {
            throw wrong("nothing may follow the selector");
        }
    }

    private void readMatchers() throws ReadRefusedException {
        skipBlanks();
        while (!next('}')) {
            readMatcher();
            skipBlanks();
            if (!next(',')) {
                skipBlanks();
                expect('}');
                return;
            }
            skipBlanks();
        }
    }

    private void readMatcher() throws ReadRefusedException {
        boolean quoted = isQuote();
        String name = quoted ? string() : name(false);
        skipBlanks();
        if (quoted && at < text.length() && (text.charAt(at) == ',' || text.charAt(at) == '}')) {
            addName(name);
            return;
        }
        Operator operator = operator();
        skipBlanks();
        if (!isQuote()) {
            throw wrong("the value of " + name + " has to be in quotes");
        }
        matchers.add(new Matcher(operator, name, string()));
    }

    private void addName(String name) throws ReadRefusedException {
        if (matchers.stream().anyMatch(matcher -> matcher.name().equals(LabelSet.METRIC_NAME))) {
            throw wrong("the metric's name is there twice");
        }
        matchers.add(new Matcher(Operator.EQUAL, LabelSet.METRIC_NAME, name));
    }

    private Operator operator() throws ReadRefusedException {
        for (int length = 2; length > 0; length--) {
            Operator operator = at + length <= text.length() ? OPERATORS.get(text.substring(at, at + length)) : null;
            if (operator != null) {
                at += length;
                return operator;
            }
        }
        throw wrong("expected =, !=, =~ or !~");
    }

    private String name(boolean colons) throws ReadRefusedException {
        int from = at;
        while (at < text.length()
                && (isNameStart(text.charAt(at), colons) || at > from && Character.isDigit(text.charAt(at)))) {
            at++;
        }
        if (at == from) {
            throw wrong("expected the name of a label");
        }
        return text.substring(from, at);
    }

    private static boolean isNameStart(char c, boolean colons) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || colons && c == ':';
    }

    private boolean isQuote() {
        return at < text.length() && "\"'`".indexOf(text.charAt(at)) >= 0;
    }

    private String string() throws ReadRefusedException {
        int from = at;
        char quote = text.charAt(at++);
        StringBuilder value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == quote) {
                return value.toString();
            }
            if (c == '\\' && quote != '`') {
                at = Escape.read(text, at, value);
                if (at < 0) {
                    at = from;
                    throw wrong("a string with an escape that is not known");
                }
            } else {
                value.append(c);
            }
        }
        at = from;
        throw wrong("a string that does not end");
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean next(char wanted) {
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) throws ReadRefusedException {
        if (!next(wanted)) {
            throw wrong("expected " + wanted);
        }
    }

    private ReadRefusedException wrong(String what) {
        return new ReadRefusedException("the selector " + text + " is wrong at character " + (at + 1) + ": " + what);
    }
}
