package io.promgres.schema;

import io.promgres.config.DatabaseUri;
import io.promgres.session.NextStep;
import io.promgres.session.SessionFailure;
import io.promgres.session.SessionSettings;
import io.promgres.session.SessionSource;
import io.promgres.session.SqlState;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * The schema of the database, as {@code resources/db} has it: tables by versioned migrations that run once, functions and
 * views by repeatable ones that run when they have changed. Several daemons may do it at once; one does the work. To do it
 * twice changes nothing.
 */
public final class Migrations {

    private static final String TOO_MANY_LOCKS = "\n  Some migrations lock a table for each metric at once. Set"
            + " max_locks_per_transaction of the server to a sixteenth of the number of metrics or more, restart the server, and"
            + " migrate again; nothing was changed.";

    private static final String CONNECT_SECONDS = "5";

    /** What takes the connection and says nothing is waited for no longer. */
    private static final String LOGIN_SECONDS = "10";

    private final DatabaseUri uri;
    private final SessionSource sessions;
    private final String root;
    private final Cluster wanted;
    private Flyway flyway;

    /** Those of this promgres, in the layout that the database has. Connects when asked something. */
    public Migrations(DatabaseUri uri) {
        this(uri, "classpath:", null);
    }

    /** Those of this promgres in the layout of a cluster. */
    public Migrations(DatabaseUri uri, Cluster wanted) {
        this(uri, "classpath:", wanted);
    }

    /**
     * Those of another promgres.
     *
     * @param scripts a directory with its {@link SchemaScripts}
     */
    public Migrations(DatabaseUri uri, Path scripts) {
        this(uri, "filesystem:" + scripts.toAbsolutePath() + "/", null);
    }

    private Migrations(DatabaseUri uri, String root, Cluster wanted) {
        this.uri = uri;
        this.sessions = sessions(uri);
        this.root = root;
        this.wanted = wanted;
    }

    private Flyway flyway() {
        if (flyway == null) {
            FluentConfiguration configuration = Flyway.configure()
                    .dataSource(sessions)
                    .locations(SchemaScripts.DIRECTORIES.stream()
                            .map(directory -> root + directory)
                            .toArray(String[]::new))
                    .schemas("_prom_catalog")
                    .createSchemas(true)
                    .table("schema_history")
                    .placeholderReplacement(false)
                    .baselineOnMigrate(false);
            Cluster cluster = cluster();
            if (cluster != null) {
                configuration.resourceProvider(new ClusterScripts(cluster));
            }
            flyway = configuration.load();
        }
        return flyway;
    }

    /** The cluster that the database is to be distributed over, or is; null for one server. */
    private Cluster cluster() {
        try (Connection session = sessions.getConnection()) {
            Cluster stored = Cluster.of(session);
            if (wanted != null && stored == null) {
                wanted.check(session);
            }
            return stored == null ? wanted : stored;
        } catch (SQLException e) {
            throw new SchemaException(NextStep.after(e, uri), e);
        }
    }

    private static SessionSource sessions(DatabaseUri uri) {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("loginTimeout", LOGIN_SECONDS);
        return new SessionSource(uri, properties, SessionSettings.MIGRATION);
    }

    /**
     * Begins a session, and ends it.
     *
     * @throws SchemaException says why there is none, and the next step
     */
    public static void checkSession(DatabaseUri uri) {
        try (Connection session = sessions(uri).getConnection()) {
            session.getMetaData();
        } catch (SQLException e) {
            throw new SchemaException(NextStep.after(e, uri), e);
        }
    }

    /**
     * Looks whether the database can be used, or brought up to date.
     *
     * @param migrate whether {@link #migrate} is to follow; else the schema has to be there
     * @throws SchemaException says why not, and the next step
     */
    public void check(boolean migrate) {
        try (Connection session = sessions.getConnection()) {
            Prerequisites.of(session).check(migrate);
        } catch (SQLException e) {
            throw new SchemaException(NextStep.after(e, uri), e);
        }
    }

    /**
     * What {@link #migrate} would do: a line for each migration.
     *
     * @throws SchemaException says why the database cannot be looked at
     */
    public List<String> pending() {
        try {
            refuseNewer();
            return Arrays.stream(flyway().info().pending())
                    .map(Migrations::line)
                    .toList();
        } catch (FlywayException e) {
            throw new SchemaException(reason(e), e);
        }
    }

    /**
     * Brings the schema up to date.
     *
     * @return the number of migrations that ran
     * @throws SchemaException says what went wrong; a migration that fails leaves nothing behind
     */
    public int migrate() {
        try {
            refuseNewer();
            int executed = flyway().migrate().migrationsExecuted;
            bringNodesUpToDate();
            return executed;
        } catch (FlywayException e) {
            throw new SchemaException(reason(e), e);
        }
    }

    private void bringNodesUpToDate() {
        try (Connection session = sessions.getConnection()) {
            Cluster cluster = Cluster.of(session);
            if (cluster != null) {
                cluster.bringNodesUpToDate(session);
            }
        } catch (SQLException e) {
            throw new SchemaException(NextStep.after(e, uri), e);
        }
    }

    /**
     * The migrations that make the tables, as far as these scripts have them: version and checksum of each.
     *
     * @throws SchemaException says why the database cannot be looked at
     */
    public Set<String> known() {
        return versioned(info -> info.getState().isResolved());
    }

    /**
     * Those that the database has, in the same form.
     *
     * @throws SchemaException says why the database cannot be looked at
     */
    public Set<String> applied() {
        return versioned(info -> info.getState().isApplied());
    }

    private Set<String> versioned(Predicate<MigrationInfo> which) {
        try {
            return Arrays.stream(flyway().info().all())
                    .filter(info -> info.isVersioned() && which.test(info))
                    .map(info -> info.getVersion() + ":" + info.getChecksum())
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (FlywayException e) {
            throw new SchemaException(reason(e), e);
        }
    }

    /** An older promgres would put its own functions in the place of those that go with the newer tables. */
    private void refuseNewer() {
        for (MigrationInfo migration : flyway().info().applied()) {
            if (migration.getState() == MigrationState.FUTURE_SUCCESS) {
                throw new SchemaException("the schema is that of a newer promgres (version " + migration.getVersion()
                        + ", " + migration.getDescription() + "), and this one does not know it; nothing was changed");
            }
        }
    }

    private static String line(MigrationInfo migration) {
        String version = migration.isVersioned() ? "version " + migration.getVersion() : "current  ";
        return version + "  " + migration.getDescription();
    }

    /** What the database said, or its driver, who knows the host and the port; else what Flyway says. */
    static String reason(FlywayException e) {
        String more = "";
        boolean said = false;
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException database) {
                said = true;
                more = SqlState.OUT_OF_MEMORY.equals(database.getSQLState()) ? TOO_MANY_LOCKS : "";
            }
        }
        return said ? SessionFailure.reason(e) + more : e.getMessage();
    }
}
