package io.promgres.promql.data;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** A label matcher. Regular expressions are RE2's, anchored at both ends; a dot matches a line break too. */
public final class Matcher {

    /** How a matcher compares; the text is the operator. */
    public enum Type {
        EQUAL("="),
        NOT_EQUAL("!="),
        MATCHES("=~"),
        NOT_MATCHES("!~");

        private final String operator;

        Type(String operator) {
            this.operator = operator;
        }

        @Override
        public String toString() {
            return operator;
        }
    }

    private final Type type;
    private final String name;
    private final String value;
    private final Pattern pattern;

    /** @throws PatternSyntaxException if the value is not a regular expression where one is needed */
    public Matcher(Type type, String name, String value) {
        this.type = type;
        this.name = name;
        this.value = value;
        this.pattern = type == Type.MATCHES || type == Type.NOT_MATCHES ? Regex.anchored(value) : null;
    }

    public Type type() {
        return type;
    }

    public String name() {
        return name;
    }

    public String value() {
        return value;
    }

    /** Whether a label with this value passes; an absent label has the empty value. */
    public boolean matches(String candidate) {
        return switch (type) {
            case EQUAL -> value.equals(candidate);
            case NOT_EQUAL -> !value.equals(candidate);
            case MATCHES -> pattern.matcher(candidate).find();
            case NOT_MATCHES -> !pattern.matcher(candidate).find();
        };
    }

    @Override
    public String toString() {
        return GoText.labelName(name) + type + GoText.quote(value);
    }
}
