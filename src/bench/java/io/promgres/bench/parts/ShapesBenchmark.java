package io.promgres.bench.parts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.bench.Cleanup;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.schema.Migrations;
import io.promgres.store.Database;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Bytes per sample and query times of other shapes than a fleet's: intervals from 1 s to 60 s, pods that live for minutes,
 * sparse deliveries, timestamps of the exporters, one series on each of many targets, and, if asked, 30 days. Prints a table.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench=shapes}</pre>
 *
 * <p>{@code --only=month} has the 30 days, {@code --only=day} a day of 1,000 targets, {@code --cold} beside it the same queries on
 * data that is in no cache. Results: src/docs/measurements/packing.md.
 */
public final class ShapesBenchmark {

    private static final Path DIRECTORY = Path.of("target", "packing-shapes");

    private ShapesBenchmark() {}

    /**
     * @param only "all", "month", "day", or what a shape's name begins with
     * @param cold whether to measure without a cache, too
     */
    public static void run(String only, boolean cold) throws Exception {
        Locale.setDefault(Locale.ROOT);
        head(cold);
        for (Shape shape : chosen(only)) {
            Cleanup.delete(DIRECTORY);
            String row = run(shape);
            System.out.println(row + (cold ? new ColdQueries(DIRECTORY, shape.metric()).cells() : ""));
        }
        Cleanup.delete(DIRECTORY);
    }

    private static String run(Shape shape) throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(DIRECTORY, 0)) {
            new Migrations(server.uri()).migrate();
            try (Database database = new Database(server.uri(), 4, new SimpleMeterRegistry())) {
                return new ShapeRun(database, shape).run();
            }
        }
    }

    private static List<Shape> chosen(String name) {
        switch (name) {
            case "all":
                return PackingShapes.all();
            case "month":
                return List.of(PackingShapes.month());
            case "day":
                return List.of(PackingShapes.day());
            default:
                List<Shape> shapes = new ArrayList<>(PackingShapes.all());
                shapes.removeIf(shape -> !shape.name().startsWith(name));
                if (shapes.isEmpty()) {
                    throw new IllegalArgumentException("there is no shape " + name);
                }
                return shapes;
        }
    }

    private static void head(boolean cold) {
        System.out.printf(
                "%d processors, Java %d; B/sample with indexes and ticks; ms packed, joined : rows%n%n",
                Runtime.getRuntime().availableProcessors(), Runtime.version().feature());
        List<String> queries = new ArrayList<>(ShapeRun.QUERIES.keySet());
        if (cold) {
            ColdQueries.names().forEach(query -> queries.add("cold: " + query));
        }
        System.out.println("| shape | series | samples | landing | packed | joined | rows | catalog B/series | "
                + String.join(" | ", queries) + " |");
        System.out.println("|---|---|---|---|---|---|---|---|" + "---|".repeat(queries.size()));
    }
}
