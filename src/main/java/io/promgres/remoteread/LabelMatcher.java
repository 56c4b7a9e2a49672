package io.promgres.remoteread;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.model.ReadQuery.Operator;
import java.util.function.Predicate;

/**
 * A condition on one label, as Prometheus understands it: an absent label has the empty value, a regular expression (RE2)
 * has to match the whole value, and its dot matches a line feed too. Immutable.
 */
final class LabelMatcher {

    /** RE2/J calls itself for each level of groups, and would overflow the stack. */
    private static final int MOST_GROUPS = 1_000;

    private final Matcher matcher;
    private final Predicate<String> positive;

    /** @throws ReadRefusedException if it is a regular expression that RE2 does not know */
    LabelMatcher(Matcher matcher) throws ReadRefusedException {
        if (matcher.name().indexOf('\0') >= 0 || matcher.value().indexOf('\0') >= 0) {
            // No label has it, and the database does not take it.
            throw new ReadRefusedException("a matcher has the character U+0000");
        }
        this.matcher = matcher;
        this.positive = isRegularExpression() ? regularExpression(matcher) : matcher.value()::equals;
    }

    private static Predicate<String> regularExpression(Matcher matcher) throws ReadRefusedException {
        if (matcher.value().chars().filter(c -> c == '(').count() > MOST_GROUPS) {
            throw new ReadRefusedException("the regular expression for the label " + matcher.name() + " has more than "
                    + MOST_GROUPS + " groups");
        }
        try {
            return Pattern.compile("(?s:" + matcher.value() + ")")::matches;
        } catch (PatternSyntaxException e) {
            throw new ReadRefusedException("the regular expression \"" + matcher.value() + "\" for the label "
                    + matcher.name() + " is not valid: " + e.getMessage());
        }
    }

    String name() {
        return matcher.name();
    }

    String value() {
        return matcher.value();
    }

    boolean isRegularExpression() {
        return matcher.operator() == Operator.MATCHES || matcher.operator() == Operator.MATCHES_NOT;
    }

    /** Whether it says what a value must not be. */
    boolean isNegative() {
        return matcher.operator() == Operator.NOT_EQUAL || matcher.operator() == Operator.MATCHES_NOT;
    }

    /** Whether it demands this one value, which is not empty. */
    boolean demandsOneValue() {
        return matcher.operator() == Operator.EQUAL && !matcher.value().isEmpty();
    }

    boolean matches(String value) {
        return positive.test(value) != isNegative();
    }

    /** Whether a series without the label matches. */
    boolean matchesAbsent() {
        return matches("");
    }
}
