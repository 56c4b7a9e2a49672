package io.promgres.perftest;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * An SQL statement in the making. Its text consists of constants of this package alone; whatever a client sent is bound as a
 * value and never part of the text.
 */
final class BoundSql {

    private final StringBuilder text = new StringBuilder();
    private final List<Object> values = new ArrayList<>();

    /** @param constant nothing that a client sent */
    BoundSql add(String constant) {
        text.append(constant);
        return this;
    }

    /** A value of a type, from its text. */
    BoundSql bind(String value, String type) {
        text.append("?::").append(type);
        values.add(value);
        return this;
    }

    /** An array of a type, from its elements' texts. */
    BoundSql bind(Collection<String> value, String type) {
        text.append("?::").append(type).append("[]");
        values.add(value.toArray(String[]::new));
        return this;
    }

    BoundSql bind(long value) {
        text.append("?::bigint");
        values.add(value);
        return this;
    }

    PreparedStatement prepare(Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text.toString());
        for (int i = 0; i < values.size(); i++) {
            Object value = values.get(i);
            if (value instanceof String[] array) {
                statement.setArray(i + 1, connection.createArrayOf("text", array));
            } else {
                statement.setObject(i + 1, value);
            }
        }
        return statement;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
