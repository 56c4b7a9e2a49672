package io.promgres.perftest;

import io.promgres.perftest.Parameters.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads filters as PostgREST has them: {@code run=eq.1}, {@code name=not.in.(a,"b,c")} and
 * {@code or=(run.gt.1,and(run.eq.0,pid.eq.x))}; all parameters of a URL together.
 */
final class Filters {

    private static final Set<String> RESERVED = Set.of("select", "columns", "on_conflict", "order", "limit", "offset");
    private static final Map<String, String> COMPARISONS = Map.of(
            "eq",
            " = ",
            "neq",
            " <> ",
            "gt",
            " > ",
            "gte",
            " >= ",
            "lt",
            " < ",
            "lte",
            " <= ",
            "isdistinct",
            " IS DISTINCT FROM ");
    private static final Map<String, String> PATTERNS = Map.of("like", " LIKE ", "ilike", " ILIKE ");
    private static final int DEEPEST = 16;

    private final Table table;
    private final String name;
    private final String text;
    private int at;

    private Filters(Table table, Parameter parameter) {
        this.table = table;
        this.name = parameter.name();
        this.text = parameter.value();
    }

    /** @throws ApiException one of them cannot be read */
    static Condition parse(Table table, Parameters parameters) throws ApiException {
        List<Condition> all = new ArrayList<>();
        for (Parameter parameter : parameters.list()) {
            if (!RESERVED.contains(parameter.name())) {
                all.add(new Filters(table, parameter).whole());
            }
        }
        return new Condition.Several(true, all);
    }

    private Condition whole() throws ApiException {
        Condition condition = switch (name) {
            case "and" -> several(true, 0);
            case "or" -> several(false, 0);
            case "not.and" -> new Condition.Not(several(true, 0));
            case "not.or" -> new Condition.Not(several(false, 0));
            default -> ofColumn(table.column(name), false);
        };
        if (at < text.length()) {
            throw wrong("something follows the filter");
        }
        return condition;
    }

    /** A list in parentheses, of filters that begin with their column. */
    private Condition several(boolean all, int depth) throws ApiException {
        if (depth > DEEPEST) {
            throw wrong("it is nested more than " + DEEPEST + " times");
        }
        List<Condition> parts = new ArrayList<>();
        expect('(');
        do {
            skipBlanks();
            parts.add(nested(depth));
            skipBlanks();
        } while (skip(','));
        expect(')');
        return new Condition.Several(all, parts);
    }

    private Condition nested(int depth) throws ApiException {
        if (skip("not.and")) {
            return new Condition.Not(several(true, depth + 1));
        } else if (skip("not.or")) {
            return new Condition.Not(several(false, depth + 1));
        } else if (skip("and")) {
            return several(true, depth + 1);
        } else if (skip("or")) {
            return several(false, depth + 1);
        }
        return ofColumn(table.column(word()), true);
    }

    /** @param nested whether a comma or a parenthesis ends the value */
    private Condition ofColumn(Column column, boolean nested) throws ApiException {
        String operator = word();
        if (operator.equals("not")) {
            return new Condition.Not(ofColumn(column, nested));
        } else if (operator.equals("in")) {
            return new Condition.OneOf(column, list());
        }
        String value = nested ? element() : rest();
        if (COMPARISONS.containsKey(operator)) {
            return new Condition.Comparison(column, COMPARISONS.get(operator), value);
        } else if (PATTERNS.containsKey(operator)) {
            return new Condition.Pattern(column, PATTERNS.get(operator), value.replace('*', '%'));
        } else if (operator.equals("is")) {
            return is(column, value);
        }
        throw wrong("\"" + operator
                + "\" is none of the operators eq, neq, gt, gte, lt, lte, isdistinct, like, ilike, in, is");
    }

    private Condition is(Column column, String value) throws ApiException {
        return switch (value) {
            case "null" -> new Condition.IsNull(column);
            case "not_null" -> new Condition.Not(new Condition.IsNull(column));
            default -> throw wrong("no column is a truth value: is.null and is.not_null can be asked");
        };
    }

    private List<String> list() throws ApiException {
        List<String> values = new ArrayList<>();
        expect('(');
        if (skip(')')) {
            return values;
        }
        do {
            values.add(element());
        } while (skip(','));
        expect(')');
        return values;
    }

    /** A value in a list: in quotes, or up to a comma or a closing parenthesis. */
    private String element() throws ApiException {
        if (skip('"')) {
            return quoted();
        }
        int begin = at;
        while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != ')') {
            at++;
        }
        return text.substring(begin, at);
    }

    private String quoted() throws ApiException {
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            value.append(text.charAt(at++));
        }
        expect('"');
        return value.toString();
    }

    private String rest() {
        String rest = text.substring(at);
        at = text.length();
        return rest;
    }

    /** What stands before the next full stop. */
    private String word() throws ApiException {
        int end = text.indexOf('.', at);
        if (end < 0) {
            throw wrong("expected a column or an operator with a full stop behind it, such as eq.");
        }
        String word = text.substring(at, end);
        at = end + 1;
        return word;
    }

    private void skipBlanks() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private boolean skip(char wanted) {
        boolean there = at < text.length() && text.charAt(at) == wanted;
        at += there ? 1 : 0;
        return there;
    }

    /** Skips a word that a parenthesis follows. */
    private boolean skip(String word) {
        boolean there = text.startsWith(word + "(", at);
        at += there ? word.length() : 0;
        return there;
    }

    private void expect(char wanted) throws ApiException {
        if (!skip(wanted)) {
            throw wrong("expected " + wanted);
        }
    }

    private ApiException wrong(String details) {
        return ApiException.unreadable(name, details + " (in \"" + text + "\", at character " + (at + 1) + ")");
    }
}
