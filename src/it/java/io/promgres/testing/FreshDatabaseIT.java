package io.promgres.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.schema.Migrations;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class FreshDatabaseIT {

    private static final String OWNER_MAY_NOTHING_ELSE = """
            SELECT d.datdba = r.oid AND NOT (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb)
            FROM pg_database d, pg_roles r
            WHERE d.datname = current_database() AND r.rolname = current_user""";

    @Test
    void aFreshDatabaseBelongsToARoleThatMayNothingElse() throws SQLException {
        try (TestDatabase database = TestDatabase.fresh();
                Connection connection = database.connect()) {
            assertThat(Sql.value(connection, OWNER_MAY_NOTHING_ELSE)).isEqualTo("t");
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

    @Test
    void aDatabaseWithTheSchemaHasNothingLeftToMigrateAndIsNobodyElses() throws SQLException {
        try (TestDatabase one = TestDatabase.migrated();
                TestDatabase two = TestDatabase.migrated();
                Connection first = one.connect();
                Connection second = two.connect()) {
            String searched = Sql.value(first, "SHOW search_path");
            assertThat(searched).contains("prom_api", "energy");
            assertThat(new Migrations(one.uri()).migrate()).isZero();
            try (Connection afterwards = one.connect()) {
                assertThat(Sql.value(afterwards, "SHOW search_path")).isEqualTo(searched);
            }

            Sql.execute(first, "CREATE SCHEMA mine");
            assertThat(Sql.value(second, "SELECT to_regnamespace('mine') IS NULL"))
                    .isEqualTo("t");
            assertThat(Sql.value(second, OWNER_MAY_NOTHING_ELSE)).isEqualTo("t");
        }
    }
}
