package io.promgres.promql.data;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** Compiles regular expressions of queries. RE2/J calls itself for each level of groups, and would overflow the stack. */
public final class Regex {

    private static final int MOST_GROUPS = 1_000;

    private Regex() {}

    /** @throws PatternSyntaxException if it is none, or has more groups than can be compiled */
    public static Pattern compile(String expression) {
        if (expression.chars().filter(c -> c == '(').count() > MOST_GROUPS) {
            throw new PatternSyntaxException("more than " + MOST_GROUPS + " groups", expression);
        }
        return Pattern.compile(expression);
    }
}
