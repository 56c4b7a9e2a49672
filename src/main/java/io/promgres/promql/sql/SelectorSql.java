package io.promgres.promql.sql;

import io.promgres.promql.data.GoText;
import io.promgres.promql.data.Labels;
import io.promgres.promql.data.Matcher;
import io.promgres.promql.syntax.Expr.Extension;
import io.promgres.promql.syntax.Expr.VectorSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Selectors as the functions over ranges take them: the metric with its matchers, and the times. */
final class SelectorSql {

    /** Regular expressions that mean the same to RE2 and to PostgreSQL. */
    private static final Pattern COMMON_REGEX =
            Pattern.compile("(?:[^\\\\(\\[]|\\\\[^\\w\\s]|\\((?!\\?)|\\(\\?:|\\[\\^?[\\w\\-.: ]+\\])*");

    private final SqlGrid grid;

    SelectorSql(SqlGrid grid) {
        this.grid = grid;
    }

    /**
     * A call of a function over ranges.
     *
     * @param function with its first arguments and a comma behind, or an opening parenthesis
     * @param range in milliseconds
     */
    Relation call(String function, VectorSelector selector, long range) throws NotInSqlException {
        if (selector.time().at() != null || selector.time().edge() != null) {
            throw new NotInSqlException(selector, "the modifier @");
        }
        if (selector.time().offsetExpr() != null) {
            throw new NotInSqlException(selector, "a computed offset");
        }
        if (selector.extension() != Extension.NONE) {
            throw new NotInSqlException(selector, "the modifiers anchored and smoothed");
        }
        long offset = selector.time().offset();
        String call = function + SqlText.literal(metric(selector)) + ", NULL, " + grid.arguments(offset) + ", "
                + SqlText.interval(range) + ")";
        Relation relation = Relation.of(call, true);
        return offset == 0
                ? relation
                : relation.withTime(
                        "time " + (offset > 0 ? "+" : "-") + " interval " + SqlText.interval(Math.abs(offset)));
    }

    private static String metric(VectorSelector selector) throws NotInSqlException {
        String name = "";
        List<String> matchers = new ArrayList<>();
        for (Matcher matcher : selector.matchers()) {
            if (!matcher.name().equals(Labels.NAME)) {
                matchers.add(matcher(selector, matcher));
            } else if (matcher.type() == Matcher.Type.EQUAL && name.isEmpty()) {
                name = matcher.value();
            } else {
                throw new NotInSqlException(selector, "a selector of metrics by other than one name");
            }
        }
        if (name.isEmpty() || !name.matches("[^{}\\s]+")) {
            throw new NotInSqlException(selector, "a selector without the name of one metric");
        }
        return matchers.isEmpty() ? name : name + "{" + String.join(", ", matchers) + "}";
    }

    private static String matcher(VectorSelector selector, Matcher matcher) throws NotInSqlException {
        boolean regex = matcher.type() == Matcher.Type.MATCHES || matcher.type() == Matcher.Type.NOT_MATCHES;
        if (regex && !COMMON_REGEX.matcher(matcher.value()).matches()) {
            throw new NotInSqlException(
                    selector,
                    "the regular expression " + GoText.quote(matcher.value())
                            + ", which may mean something else to PostgreSQL");
        }
        return GoText.labelName(matcher.name()) + matcher.type() + quoted(matcher.value());
    }

    /** As JSON has strings, which is how the functions read them. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
