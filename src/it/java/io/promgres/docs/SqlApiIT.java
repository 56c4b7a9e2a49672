package io.promgres.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.model.LabelSet;
import io.promgres.schema.Migrations;
import io.promgres.store.Database;
import io.promgres.store.SeriesStore;
import io.promgres.store.ViewStore;
import io.promgres.testing.GeneratedPage;
import io.promgres.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The comments in the database, and the page that is made of them. */
class SqlApiIT {

    private static final Path PAGE = Path.of("src", "docs", "sql-api.md");

    /** What the page shows; a kind that is new here needs its place in {@link SqlApiPage} first. */
    private static final List<String> KINDS_ON_THE_PAGE = List.of(
            "aggregate", "function", "materialized view", "operator", "procedure", "sequence", "table", "type", "view");

    private static final String ONE_OF_EACH_KIND = """
            CREATE SCHEMA sample;
            CREATE TABLE sample.thing (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
            CREATE VIEW sample.things AS SELECT id FROM sample.thing;
            CREATE MATERIALIZED VIEW sample.snapshot AS SELECT 1 AS n;
            CREATE SEQUENCE sample.numbers;
            CREATE DOMAIN sample.digit AS int CHECK (VALUE BETWEEN 0 AND 9);
            CREATE TYPE sample.color AS ENUM ('red', 'blue');
            CREATE TYPE sample.pair AS (a int);
            CREATE TYPE sample.span AS RANGE (subtype = int);
            CREATE FUNCTION sample.add(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2';
            CREATE FUNCTION sample.pair(text) RETURNS sample.pair LANGUAGE sql AS 'SELECT ROW(1)::sample.pair';
            CREATE PROCEDURE sample.run() LANGUAGE sql AS '';
            CREATE AGGREGATE sample.total(int) (SFUNC = sample.add, STYPE = int);
            CREATE OPERATOR sample.## (FUNCTION = sample.add, LEFTARG = int, RIGHTARG = int);
            CREATE CAST (text AS sample.pair) WITH FUNCTION sample.pair(text);
            """;

    private static TestDatabase database;

    @BeforeAll
    static void migrate() {
        database = TestDatabase.fresh();
        new Migrations(database.uri()).migrate();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @Test
    void everySqlObjectHasAComment() throws SQLException {
        try (Connection connection = database.connect()) {
            assertThat(new SqlObjects(connection).withoutComment())
                    .as("COMMENT ON is missing")
                    .isEmpty();
        }
    }

    @Test
    void thePageIsCurrent() throws SQLException, IOException {
        String current = page();
        GeneratedPage.assertCurrent(PAGE, getClass(), current);
    }

    @Test
    void thePageShowsEveryKindOfObjectThereIs() throws SQLException {
        try (Connection connection = database.connect()) {
            assertThat(KINDS_ON_THE_PAGE).containsAll(new SqlObjects(connection).kinds());
        }
    }

    @Test
    void metricsThatAreStoredNeedNoCommentsAndDoNotChangeThePage() throws SQLException {
        String before = page();
        try (Database pool = new Database(database.uri(), 1, new SimpleMeterRegistry())) {
            SeriesStore.Interned interned = new SeriesStore(pool.pool())
                    .intern(List.of(LabelSet.ofSorted("__name__", "up", "instance", "host:9100", "job", "node")));
            assertThat(new ViewStore(pool.pool()).make(interned.staleViews(), Duration.ofSeconds(1)))
                    .isEmpty();
        }
        assertThat(page()).isEqualTo(before);
        everySqlObjectHasAComment();
    }

    @Test
    void objectsOfEveryKindAreMissedWithoutACommentAndShown() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(ONE_OF_EACH_KIND);

            assertThat(new SqlObjects(connection).withoutComment())
                    .filteredOn(object -> object.contains("sample"))
                    .containsExactlyInAnyOrder(
                            "aggregate sample.total(integer)",
                            "cast (pg_catalog.text AS sample.pair)",
                            "type sample.pair",
                            "function sample.add(integer,integer)",
                            "function sample.pair(pg_catalog.text)",
                            "materialized view sample.snapshot",
                            "materialized view column sample.snapshot.n",
                            "operator sample.##(integer,integer)",
                            "procedure sample.run()",
                            "schema sample",
                            "sequence sample.numbers",
                            "table sample.thing",
                            "table column sample.thing.id",
                            "type sample.color",
                            "type sample.digit",
                            "type sample.span",
                            "view sample.things",
                            "view column sample.things.id");
            assertThat(SqlApiPage.of(connection)
                            .lines()
                            .dropWhile(line -> !line.equals("## Schema `sample`"))
                            .filter(line -> line.startsWith("#")))
                    .containsExactly(
                            "## Schema `sample`",
                            "### Sequence `sample.numbers`",
                            "### Materialized view `sample.snapshot`",
                            "### Table `sample.thing`",
                            "### View `sample.things`",
                            "### Type `sample.color → 'red', 'blue'`",
                            "### Domain `sample.digit → integer`",
                            "### Type `sample.pair → (a integer)`",
                            "### Type `sample.span → range of integer`",
                            "### Function `sample.add(integer, integer) → integer`",
                            "### Function `sample.pair(text) → sample.pair`",
                            "### Procedure `sample.run()`",
                            "### Aggregate `sample.total(integer) → integer`",
                            "### Operator `integer ## integer → integer`",
                            "### Cast `CAST (text AS sample.pair) → explicit`");
            connection.rollback();
        }
    }

    private static String page() throws SQLException {
        try (Connection connection = database.connect()) {
            return SqlApiPage.of(connection);
        }
    }
}
