package io.promgres.backup;

import io.promgres.config.DatabaseUri;
import io.promgres.schema.Cluster;
import io.promgres.schema.Migrations;
import io.promgres.schema.SchemaScripts;
import io.promgres.session.SessionSettings;
import io.promgres.session.SessionSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.postgresql.PGConnection;

/**
 * Writes a backup while daemons go on: one session holds a snapshot, another reads the tables by it, each in a transaction of
 * its own, so that locks are held for one table at a time and their number does not grow with the metrics.
 */
public final class Backup {

    private final SessionSource sessions;
    private final Migrations migrations;
    private final String version;
    private final Progress progress;

    /** @param version of this promgres */
    public Backup(DatabaseUri database, String version, Progress progress) {
        this.sessions = new SessionSource(database, new Properties(), SessionSettings.MIGRATION);
        this.migrations = new Migrations(database);
        this.version = version;
        this.progress = progress;
    }

    /**
     * Writes the file.
     *
     * @return the number of rows in it
     * @throws BackupException says what to do
     */
    public long write(Path target) throws IOException, SQLException {
        try (BackupFile file = new BackupFile(target);
                Connection holder = sessions.getConnection();
                Connection reader = sessions.getConnection()) {
            if (Cluster.isDistributed(holder)) {
                throw new BackupException(
                        "the samples of this database are distributed over workers, which no one snapshot sees:"
                                + " back up each node, or promgres export what is to be kept");
            }
            execute(holder, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            String snapshot = Contents.value(holder, "SELECT pg_export_snapshot()");
            // What a role may not see is an error, and not left out.
            execute(reader, "SET row_security = off");
            Manifest manifest = new Manifest(
                    version,
                    Contents.value(holder, "SHOW server_version"),
                    Contents.value(holder, "SELECT transaction_timestamp()"),
                    Contents.schema(holder),
                    copy(reader, snapshot, Contents.tables(holder), file),
                    // Numbers that are given meanwhile are higher: none is given twice.
                    Contents.sequences(holder));
            addScripts(manifest, file);
            file.finish(manifest);
            return manifest.rows();
        } finally {
            progress.end();
        }
    }

    /** Scripts of this promgres, if they have made the tables. Those of another one restore it. */
    private void addScripts(Manifest manifest, BackupFile file) throws IOException {
        if (manifest.migrations().equals(migrations.known())) {
            for (Map.Entry<String, byte[]> script : SchemaScripts.all().entrySet()) {
                file.entry(BackupFile.SCRIPTS + script.getKey()).write(script.getValue());
            }
        }
    }

    private List<StoredTable> copy(Connection reader, String snapshot, List<StoredTable> tables, BackupFile file)
            throws IOException, SQLException {
        progress.begin(tables.size());
        List<StoredTable> copied = new ArrayList<>();
        for (StoredTable table : tables) {
            execute(reader, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            execute(reader, "SET TRANSACTION SNAPSHOT '" + snapshot + "'");
            long rows =
                    reader.unwrap(PGConnection.class).getCopyAPI().copyOut(table.copyOut(), file.entry(table.entry()));
            execute(reader, "COMMIT");
            progress.reached(rows, file.bytes());
            copied.add(table.withRows(rows));
        }
        return copied;
    }

    private static void execute(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }
}
