package io.promgres.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class FreshDatabaseIT {

    @Test
    void aFreshDatabaseBelongsToARoleThatMayNothingElse() throws SQLException {
        try (TestDatabase database = TestDatabase.fresh();
                Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("""
                        SELECT d.datdba = r.oid, r.rolsuper OR r.rolcreaterole OR r.rolcreatedb
                        FROM pg_database d, pg_roles r
                        WHERE d.datname = current_database() AND r.rolname = current_user
                        """)) {
            result.next();
            assertThat(result.getBoolean(1)).isTrue();
            assertThat(result.getBoolean(2)).isFalse();
        }
    }

    @Test
    void databasesAreSeparateAndGoneAfterwards() throws SQLException {
        TestDatabase gone;
        try (TestDatabase one = TestDatabase.fresh();
                TestDatabase two = TestDatabase.fresh("CREATEROLE")) {
            assertThat(one.uri().database()).isNotEqualTo(two.uri().database());
            gone = one;
            // Left open: closing the database ends it.
            one.connect();
        }
        assertThatThrownBy(gone::connect).isInstanceOf(SQLException.class);
    }
}
