package io.promgres.promql.sql;

import io.promgres.promql.data.GoText;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Words of SQL. */
final class SqlText {

    private static final String INDENT = "    ";
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    /** What needs no parentheses as an operand. */
    private static final Pattern SIMPLE = Pattern.compile("[\\w.]+|\\w+\\([\\w., ]*\\)");

    private SqlText() {}

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** A literal without days, which are not always of 24 hours. */
    static String interval(long millis) {
        if (millis % HOUR == 0) {
            return "'" + millis / HOUR + "h'";
        }
        if (millis % MINUTE == 0) {
            return "'" + millis / MINUTE + "m'";
        }
        return "'" + GoText.plain(millis / (double) SECOND) + "s'";
    }

    static String number(double value) {
        if (Double.isNaN(value)) {
            return "float8 'NaN'";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "float8 'Infinity'" : "float8 '-Infinity'";
        }
        return GoText.number(value, 15);
    }

    /** In parentheses where it needs them. */
    static String operand(String expression) {
        return SIMPLE.matcher(expression).matches() ? expression : "(" + expression + ")";
    }

    /** A literal of an array of texts. */
    static String array(Collection<String> texts) {
        return literal(texts.stream()
                        .map(text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                        .collect(Collectors.joining(",", "{", "}")))
                + "::text[]";
    }

    /** Each line further to the right. */
    static String indented(String sql) {
        return sql.lines().map(line -> INDENT + line).collect(Collectors.joining("\n"));
    }
}
