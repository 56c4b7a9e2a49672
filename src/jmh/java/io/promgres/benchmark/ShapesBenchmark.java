package io.promgres.benchmark;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.config.DatabaseUri;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.schema.Migrations;
import io.promgres.store.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Bytes per sample and query times of other shapes than a fleet's: intervals from 1 s to 60 s, pods that live for minutes,
 * sparse deliveries, timestamps of the exporters, one series on each of many targets, and, if asked, 30 days. Prints a table.
 *
 * <pre>{@code mvn -q -Pbench -Dpacking.shapes=all test-compile exec:exec@packing-shapes}</pre>
 *
 * <p>{@code -Dpacking.shapes=month} has the 30 days. Results: src/docs/packing.md.
 */
public final class ShapesBenchmark {

    private static final Path DIRECTORY = Path.of("target", "packing-shapes");

    private ShapesBenchmark() {}

    /** @param arguments "all", "month", or what a shape's name begins with */
    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        List<Shape> chosen = chosen(arguments[0]);
        Directories.delete(DIRECTORY);
        try (EmbeddedPostgres server = EmbeddedPostgres.start(DIRECTORY, 0)) {
            head();
            for (int n = 0; n < chosen.size(); n++) {
                String name = "shape_" + n;
                execute(server.uri(), "CREATE DATABASE " + name);
                DatabaseUri uri = new DatabaseUri(
                        server.uri().hosts(),
                        name,
                        server.uri().user(),
                        server.uri().password(),
                        server.uri().parameters());
                new Migrations(uri).migrate();
                try (Database database = new Database(uri, 4, new SimpleMeterRegistry())) {
                    System.out.println(new ShapeRun(database, chosen.get(n)).run());
                }
                execute(server.uri(), "DROP DATABASE " + name + " WITH (FORCE)");
            }
        }
        Directories.delete(DIRECTORY);
    }

    private static List<Shape> chosen(String name) {
        List<Shape> shapes = new ArrayList<>(name.equals("month") ? List.of(Shapes.month()) : Shapes.all());
        if (!name.equals("all") && !name.equals("month")) {
            shapes.removeIf(shape -> !shape.name().startsWith(name));
        }
        if (shapes.isEmpty()) {
            throw new IllegalArgumentException("there is no shape " + name);
        }
        return shapes;
    }

    private static void head() {
        System.out.printf(
                "%d processors, Java %d; B/sample with indexes and ticks; ms packed : rows%n%n",
                Runtime.getRuntime().availableProcessors(), Runtime.version().feature());
        String queries = String.join(" | ", ShapeRun.QUERIES.keySet());
        System.out.println(
                "| shape | series | samples | landing | packed | rows | catalog B/series | " + queries + " |");
        System.out.println("|---|---|---|---|---|---|---|" + "---|".repeat(ShapeRun.QUERIES.size()));
    }

    private static void execute(DatabaseUri uri, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(uri.jdbcUrl(), uri.properties());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
