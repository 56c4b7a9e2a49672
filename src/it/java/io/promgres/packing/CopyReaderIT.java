package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@AnyServer
class CopyReaderIT {

    private static final int ROWS = 100_000;

    /** The answer to one statement must never be taken for that to another. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, ROWS / 2, ROWS})
    void aConnectionOnWhichAReaderFailedAnswersWhatItIsAsked(int row) throws SQLException {
        try (TestDatabase database = TestDatabase.fresh();
                Connection connection = database.connect()) {
            int[] read = {0};

            assertThatThrownBy(() ->
                            CopyReader.read(connection, "SELECT n FROM generate_series(1, " + ROWS + ") n", r -> {
                                if (++read[0] == row) {
                                    throw new IllegalStateException("row " + row);
                                }
                            }))
                    .hasMessage("row " + row);

            assertThat(Sql.value(connection, "SELECT 41")).isEqualTo("41");
            assertThat(Sql.value(connection, "SELECT 42")).isEqualTo("42");
        }
    }
}
