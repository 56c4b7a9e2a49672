package io.promgres.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Test;

class MigrationsTest {

    @Test
    void aServerWithTooFewLocksIsSaidToBeSo() {
        SQLException full = new SQLException("ERROR: out of shared memory", "53200");

        assertThat(Migrations.reason(new FlywayException("migration failed", full)))
                .startsWith("ERROR: out of shared memory")
                .contains("max_locks_per_transaction", "nothing was changed");
    }

    @Test
    void otherwiseTheReasonIsWhatTheDatabaseSaid() {
        SQLException refused = new SQLException("ERROR: permission denied", "42501");

        assertThat(Migrations.reason(new FlywayException("migration failed", refused)))
                .isEqualTo("ERROR: permission denied");
        assertThat(Migrations.reason(new FlywayException("no file"))).isEqualTo("no file");
    }
}
