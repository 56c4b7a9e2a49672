package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code promgres uninstall}, on a database that others use too. */
class UninstallIT {

    private static final long NOW = System.currentTimeMillis();
    private static final String SCHEMAS =
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)' ORDER BY nspname";
    private static final String SETTINGS = "SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d"
            + " ON d.oid = s.setdatabase WHERE d.datname = current_database() AND setrole = 0";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int uninstall(TestDatabase database, String... more) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] all = new String[more.length + 3];
        System.arraycopy(new String[] {"uninstall", "--db", database.uri().psql()}, 0, all, 0, 3);
        System.arraycopy(more, 0, all, 3, more.length);
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), all);
    }

    @Test
    void everythingOfPromgresGoesAndWhatIsOfOthersStays() throws Exception {
        try (TestDatabase database = TestDatabase.fresh("CREATEROLE");
                Connection connection = database.connect()) {
            Sql.execute(connection, "CREATE SCHEMA theirs");
            Sql.execute(connection, "CREATE TABLE theirs.kept AS SELECT 1 AS n");
            List<String> before = Sql.rows(connection, SCHEMAS);
            try (RunningDaemon daemon = RunningDaemon.on(database)) {
                assertThat(daemon.send(TestSample.of("m", NOW - 86_400_000, 1), TestSample.of("n", NOW, 1))
                                .statusCode())
                        .isEqualTo(204);
                daemon.awaitViews();
                daemon.execute("CALL prom_api.execute_maintenance()");
                assertThat(uninstall(database, "--yes")).isEqualTo(1);
                assertThat(err.toString()).contains("stop the daemons first");
            }
            Sql.execute(connection, "CREATE VIEW theirs.on_ours AS SELECT * FROM prom_metric.m");

            assertThat(uninstall(database)).as(err.toString()).isZero();
            assertThat(out.toString())
                    .contains("schema prom_data: ", "schema energy: ", "view theirs.on_ours", "Nothing was removed");
            assertThat(uninstall(database, "--yes")).isEqualTo(1);
            assertThat(err.toString()).contains("view theirs.on_ours", "--with-dependents");
            assertThat(Sql.value(connection, "SELECT count(*) FROM theirs.on_ours"))
                    .isEqualTo("1");

            assertThat(uninstall(database, "--yes", "--with-dependents"))
                    .as(err.toString())
                    .isZero();
            assertThat(Sql.rows(connection, SCHEMAS)).isEqualTo(before);
            assertThat(Sql.rows(connection, SETTINGS)).isEmpty();
            assertThat(Sql.value(connection, "SELECT n FROM theirs.kept")).isEqualTo("1");
            assertThat(Sql.value(connection, "SELECT to_regclass('theirs.on_ours') IS NULL"))
                    .isEqualTo("t");
            assertThat(uninstall(database)).isEqualTo(1);
            assertThat(err.toString()).contains("there is nothing of promgres in");
        }
    }

    @Test
    void aDatabaseThatWasUninstalledTakesANewStart() throws Exception {
        try (TestDatabase database = TestDatabase.migrated()) {
            assertThat(uninstall(database, "--yes")).as(err.toString()).isZero();
            try (RunningDaemon daemon = RunningDaemon.on(database)) {
                assertThat(daemon.send(TestSample.of("m", NOW, 1)).statusCode()).isEqualTo(204);
            }
        }
    }
}
