package io.promgres.promql.data;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** Compiles regular expressions of queries. RE2/J calls itself for each level of groups, and would overflow the stack. */
public final class Regex {

    private static final int MOST_GROUPS = 1_000;

    /** What RE2/J says of a parenthesis that closes nothing. */
    private static final String INTERNAL_ERROR = "internal error";

    private Regex() {}

    /** @throws PatternSyntaxException if it is none, or has more groups than can be compiled */
    public static Pattern compile(String expression) {
        if (expression.chars().filter(c -> c == '(').count() > MOST_GROUPS) {
            throw new PatternSyntaxException("more than " + MOST_GROUPS + " groups", expression);
        }
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw e.getDescription().endsWith(INTERNAL_ERROR)
                    ? new PatternSyntaxException("unexpected )", expression)
                    : e;
        }
    }

    /**
     * Compiles an expression that is to match a whole value; a dot matches a line break too.
     *
     * @throws PatternSyntaxException that names the expression as it was given
     */
    public static Pattern anchored(String expression) {
        compile(expression);
        return compile("^(?s:" + expression + ")$");
    }
}
