package io.promgres.promql;

/**
 * A condition on one label; an absent label has the empty value.
 *
 * @param operator =, !=, =~ or !~
 */
public record Matcher(String name, String operator, String value) {

    @Override
    public String toString() {
        return Text.labelName(name) + operator + Text.quote(value);
    }
}
