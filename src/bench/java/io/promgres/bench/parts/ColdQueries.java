package io.promgres.bench.parts;

import io.promgres.config.DatabaseUri;
import io.promgres.embedded.BinaryArchive;
import io.promgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Query times of what is not in memory. Before each query the server is stopped, its files leave the cache of the operating
 * system, and it starts anew with few buffers. Needs GNU dd; as it is no more than advice to the system, nothing else on the
 * machine loses its cache, and no rights are needed.
 */
final class ColdQueries {

    private static final int ROUNDS = 3;
    private static final Map<String, String> FEW_BUFFERS = Map.of("shared_buffers", "16MB");

    private final EmbeddedPostgres.Options server;
    private final String[] relations;

    /** @param directory of a server that does not run */
    ColdQueries(Path directory, String metric) {
        server = new EmbeddedPostgres.Options(directory, 0, BinaryArchive.ofClassPath(), Optional.empty(), FEW_BUFFERS);
        relations = new String[] {"prom_metric." + metric, "yardstick." + metric};
    }

    /** The queries without literals: what is read is the same. */
    static List<String> names() {
        return ShapeRun.QUERIES.keySet().stream()
                .filter(name -> !name.endsWith("literal"))
                .toList();
    }

    /** Cells of the table: of each query the medians of packed and rows in milliseconds. */
    String cells() throws SQLException, IOException, InterruptedException {
        StringBuilder cells = new StringBuilder();
        for (String name : names()) {
            String query = ShapeRun.QUERIES.get(name);
            double[][] millis = new double[relations.length][ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                for (int form = 0; form < relations.length; form++) {
                    millis[form][round] = cold(query, relations[form]);
                }
            }
            for (double[] ofForm : millis) {
                Arrays.sort(ofForm);
            }
            double packed = millis[0][ROUNDS / 2];
            double rows = millis[1][ROUNDS / 2];
            cells.append(" %.1f : %.1f = %.2f |".formatted(packed, rows, packed / rows));
        }
        return cells.toString();
    }

    /** Milliseconds of a query when the catalog is in memory and no data is. */
    private double cold(String query, String relation) throws SQLException, IOException, InterruptedException {
        forget();
        try (EmbeddedPostgres running = EmbeddedPostgres.start(server);
                Connection connection = connect(running.uri());
                Statement statement = connection.createStatement()) {
            String sql = query.formatted(relation, someSeries(statement, relation));
            execute(statement, "EXPLAIN " + sql);
            long begin = System.nanoTime();
            execute(statement, sql);
            return (System.nanoTime() - begin) / 1e6;
        }
    }

    private static Connection connect(DatabaseUri uri) throws SQLException {
        return DriverManager.getConnection(uri.jdbcUrl(), uri.properties());
    }

    private static long someSeries(Statement statement, String relation) throws SQLException {
        String view = "prom_series" + relation.substring(relation.indexOf('.'));
        try (ResultSet row = statement.executeQuery("SELECT max(series_id) FROM " + view)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void execute(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                rows.getObject(1);
            }
        }
    }

    private void forget() throws IOException, InterruptedException {
        Process find = new ProcessBuilder(
                        ("find " + server.directory().toAbsolutePath() + "/cluster/base -type f -size +0"
                                        + " -exec dd of={} oflag=nocache conv=notrunc,fdatasync count=0 status=none ;")
                                .split(" "))
                .inheritIO()
                .start();
        if (find.waitFor() != 0) {
            throw new IOException(
                    "the files of " + server.directory() + " do not leave the cache: find or GNU dd failed");
        }
    }
}
