package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs statements on the database, for machines without psql. */
@Command(
        name = "sql",
        description = {
            "Runs SQL on the database and prints the rows. A daemon may run meanwhile; without one, the embedded",
            "database is started for it. Several statements, separated by semicolons, take effect together or not at all."
        })
public final class SqlCommand implements Callable<Integer> {

    /** Rows that are in memory at a time, in CSV and JSON. */
    private static final int ROWS = 1000;

    private static final Pattern SELECTS = Pattern.compile("(?i)\\s*(?:SELECT|TABLE|VALUES)\\b");

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "STATEMENT", description = "Such as 'SELECT * FROM prom_info.metric'.")
    private String sql;

    @Option(
            names = "--format",
            paramLabel = "table|csv|json",
            defaultValue = "table",
            description = "How rows are printed; json: an object in each line. Default: ${DEFAULT-VALUE}.")
    private SqlFormat format;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        Config config = ConfigOptions.load(spec.commandLine().getParseResult()).config();
        return ConfiguredDatabase.useExisting(config, this::run);
    }

    private int run(DatabaseUri database) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
                Statement statement = connection.createStatement()) {
            // Rows come piece by piece within a transaction only; a procedure may want transactions of its own.
            connection.setAutoCommit(!SELECTS.matcher(sql).lookingAt());
            statement.setFetchSize(ROWS);
            run(connection, statement);
        }
        return 0;
    }

    private void run(Connection connection, Statement statement) throws SQLException, IOException {
        try {
            print(statement, statement.execute(sql));
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        } catch (SQLException e) {
            throw MissingMetric.named(e, connection);
        }
    }

    private void print(Statement statement, boolean firstHasRows) throws SQLException, IOException {
        PrintWriter out = spec.commandLine().getOut();
        boolean hasRows = firstHasRows;
        while (hasRows || statement.getUpdateCount() >= 0) {
            if (hasRows) {
                try (ResultSet rows = statement.getResultSet()) {
                    format.print(rows, out);
                }
            }
            hasRows = statement.getMoreResults();
        }
        for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
            spec.commandLine().getErr().println(warning.getMessage());
        }
        out.flush();
    }
}
