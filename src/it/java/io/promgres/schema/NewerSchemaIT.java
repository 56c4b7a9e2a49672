package io.promgres.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

/** An upgrade that somebody takes back. */
class NewerSchemaIT {

    @Test
    void anOlderVersionRefusesANewerSchemaAndChangesNothing() throws Exception {
        try (TestDatabase database = TestDatabase.fresh();
                Connection connection = database.connect()) {
            Migrations migrations = new Migrations(database.uri());
            migrations.migrate();
            assertThat(migrations.pending()).isEmpty();

            String history = "_prom_catalog.schema_history";
            Sql.execute(connection, """
                    INSERT INTO _prom_catalog.schema_history (installed_rank, version, description, type, script, checksum,
                                                              installed_by, execution_time, success)
                    SELECT max(installed_rank) + 1, '9001', 'of tomorrow', 'SQL', 'V9001__of_tomorrow.sql', 1,
                           current_user, 1, true
                    FROM _prom_catalog.schema_history""");
            // As if one of our repeatable files were another one by now.
            Sql.execute(connection, "UPDATE " + history + " SET checksum = 1 WHERE script LIKE '%R__010%'");
            String before = Sql.value(connection, "SELECT count(*) FROM " + history);

            assertThatThrownBy(migrations::migrate)
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("newer promgres (version 9001, of tomorrow)");
            assertThatThrownBy(migrations::pending).isInstanceOf(SchemaException.class);
            assertThat(Sql.value(connection, "SELECT count(*) FROM " + history)).isEqualTo(before);
        }
    }
}
