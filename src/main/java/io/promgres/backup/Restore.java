package io.promgres.backup;

import io.promgres.config.DatabaseUri;
import io.promgres.schema.Migrations;
import io.promgres.session.SessionSettings;
import io.promgres.session.SessionSource;
import io.promgres.session.SqlState;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipException;
import org.postgresql.PGConnection;

/**
 * Fills an empty database from a backup: the migrations make the schema, then all rows come in one transaction, and the views of
 * the metrics last, some at a time. What fails before the commit leaves an empty database; after it, a daemon makes the views.
 */
public final class Restore {

    private static final int VIEWS_AT_ONCE = 100;
    private static final String DONE_ALREADY = """
            SELECT EXISTS (SELECT FROM _prom_catalog.series) OR EXISTS (SELECT FROM prom_data.landing)
                OR EXISTS (SELECT FROM _prom_catalog.metadata) OR EXISTS (SELECT FROM energy.fact_usage)
                OR EXISTS (SELECT FROM energy.dim_user) OR EXISTS (SELECT FROM metric_data.perf_test_job)""";

    private final DatabaseUri database;
    private final Migrations migrations;
    private final SessionSource sessions;
    private final Progress progress;

    public Restore(DatabaseUri database, Progress progress) {
        this.database = database;
        this.migrations = new Migrations(database);
        this.sessions = new SessionSource(database, new Properties(), SessionSettings.MIGRATION);
        this.progress = progress;
    }

    /**
     * What has been restored.
     *
     * @param rows of all tables
     * @param remarks what the operator has to see to
     */
    public record Result(long rows, List<String> remarks) {}

    /**
     * Looks at a file before a database is made for it.
     *
     * @throws BackupException it is no backup that this promgres reads
     */
    public static void check(Path file) throws IOException {
        try (Archive archive = new Archive(file)) {
            archive.manifest();
        }
    }

    /**
     * Restores the file.
     *
     * @throws BackupException says why nothing was restored
     */
    public Result read(Path file) throws IOException, SQLException {
        try (Archive archive = new Archive(file)) {
            Manifest manifest = archive.manifest();
            archive.checkSchema();
            migrations.check(true);
            OlderSchema older = new OlderSchema(database, manifest, migrations);
            boolean other = older.isOther();
            if (other) {
                older.make(archive);
            } else {
                migrations.migrate();
            }
            try (Connection session = sessions.getConnection()) {
                session.setAutoCommit(false);
                Result result = fill(session, manifest, archive);
                if (other) {
                    progress.doing("brings the tables up to date");
                    migrations.migrate();
                }
                makeViews(session);
                session.setAutoCommit(true);
                progress.doing("looks at the tables for the planner");
                execute(session, "ANALYZE");
                return result;
            }
        } finally {
            progress.end();
        }
    }

    private Result fill(Connection session, Manifest manifest, Archive archive) throws IOException, SQLException {
        refuseOthers(session, manifest);
        List<String> remarks = new ArrayList<>();
        List<StoredTable> tables = known(session, manifest, remarks);
        List<String> own = tables.stream().map(StoredTable::name).toList();
        try {
            call(session, "SELECT _prom_catalog.begin_restore(?)", own);
            if (!"f".equals(Contents.value(session, DONE_ALREADY))) {
                throw new BackupException(
                        "the database " + database + " is not empty: a backup is restored into an empty"
                                + " one, made by CREATE DATABASE, or into a new --data-dir DIR");
            }
            call(session, "SELECT _prom_catalog.empty_for_restore(?)", own);
            progress.begin(tables.size());
            for (StoredTable table : tables) {
                fill(session, table, archive);
            }
            setSequences(session, manifest.sequences());
            remarks.addAll(call(session, "SELECT _prom_catalog.end_restore(?)", own));
            session.commit();
        } catch (SQLException e) {
            if (SqlState.OUT_OF_MEMORY.equals(e.getSQLState())) {
                throw tooManyTables(tables.size(), e);
            }
            throw e;
        }
        return new Result(tables.stream().mapToLong(StoredTable::rows).sum(), remarks);
    }

    private static BackupException tooManyTables(int tables, SQLException e) {
        return new BackupException(
                "the server has no room for the locks of " + tables + " tables (" + e.getMessage() + "): set its"
                        + " max_locks_per_transaction to a sixteenth of that or more, restart it, and restore again;"
                        + " nothing was restored",
                e);
    }

    private static void refuseOthers(Connection session, Manifest manifest) throws IOException, SQLException {
        if (!manifest.schema().equals(Contents.schema(session))) {
            throw new BackupException(
                    "the backup has the tables of promgres " + manifest.promgres()
                            + ", which are not those of this one: restore it with that promgres, and start this one on the result");
        }
    }

    /** The tables of a backup that this database has too. */
    private static List<StoredTable> known(Connection session, Manifest manifest, List<String> remarks)
            throws SQLException {
        Set<String> here =
                Contents.tables(session).stream().map(StoredTable::name).collect(Collectors.toSet());
        List<StoredTable> known = new ArrayList<>();
        for (StoredTable table : manifest.tables()) {
            if (here.contains(table.name())) {
                known.add(table);
            } else {
                remarks.add(table.name() + " is none of promgres' tables and was left out");
            }
        }
        return known;
    }

    private void fill(Connection session, StoredTable table, Archive archive) throws IOException, SQLException {
        if (table.name().equals("prom_data.landing")) {
            // Its partitions, and those of ticks, are rows of tables that come before it.
            execute(session, "SELECT _prom_catalog.restore_partitions()");
        }
        try (Archive.Content content = archive.content(table.entry())) {
            long rows = session.unwrap(PGConnection.class).getCopyAPI().copyIn(table.copyIn(), content.stream());
            content.check();
            if (rows != table.rows()) {
                throw new BackupException(table.name() + " has " + rows + " rows, but the backup counted "
                        + table.rows() + "; nothing was restored");
            }
            progress.reached(rows, 0);
        } catch (ZipException | EOFException e) {
            throw archive.damaged(e);
        }
    }

    private static void setSequences(Connection session, Map<String, Long> sequences) throws SQLException {
        try (PreparedStatement statement =
                session.prepareStatement("SELECT setval(s, ?) FROM to_regclass(?) AS s WHERE s IS NOT NULL")) {
            for (Map.Entry<String, Long> sequence : sequences.entrySet()) {
                statement.setLong(1, sequence.getValue());
                statement.setString(2, sequence.getKey());
                statement.execute();
            }
        }
    }

    private void makeViews(Connection session) throws SQLException {
        String next =
                "SELECT count(_prom_catalog.make_views(id)) FROM (SELECT id FROM _prom_catalog.stale_views() AS id LIMIT "
                        + VIEWS_AT_ONCE + ") AS stale";
        for (long made = 0, more = VIEWS_AT_ONCE; more > 0; made += more) {
            progress.doing(String.format("views of %,d metrics made", made));
            more = Long.parseLong(Contents.value(session, next));
            session.commit();
        }
    }

    private static List<String> call(Connection session, String sql, List<String> tables) throws SQLException {
        Array array = session.createArrayOf("text", tables.toArray());
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            statement.setArray(1, array);
            List<String> said = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    said.add(rows.getString(1));
                }
            }
            return said;
        }
    }

    private static void execute(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }
}
