package io.promgres.cli;

import io.promgres.session.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A statement that asks for a view that there is not: PostgreSQL reads names without quotes in small letters. */
final class MissingMetric {

    private static final Pattern NAME = Pattern.compile("\"([^\"]+)\"");

    private MissingMetric() {}

    /** The failure with the names of metrics that were probably meant; any other failure as it is. */
    static SQLException named(SQLException failure, Connection connection) throws SQLException {
        Matcher name = NAME.matcher(String.valueOf(failure.getMessage()));
        if (!SqlState.UNDEFINED_TABLE.equals(failure.getSQLState()) || !name.find()) {
            return failure;
        }
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
        String meant = meant(name.group(1).replaceFirst("^prom_[a-z0-9_]+\\.", ""), connection);
        String step = meant == null
                ? "prom_api.find('part of a name') lists metrics"
                : "did you mean " + meant + "? A name with capitals or colons stands in double quotes";
        return new SQLException(
                failure.getMessage().lines().findFirst().orElse("") + "; " + step, SqlState.UNDEFINED_TABLE, failure);
    }

    /** The first metric by that part of its name; null if there is none, or no schema of promgres. */
    private static String meant(String name, Connection connection) {
        try (PreparedStatement find = connection.prepareStatement(
                "SELECT view_name FROM prom_api.find(?) ORDER BY length(view_name) LIMIT 1")) {
            find.setString(1, name);
            try (ResultSet rows = find.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        } catch (SQLException e) {
            return null;
        }
    }
}
