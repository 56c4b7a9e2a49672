package io.promgres.testing;

import io.promgres.config.DatabaseUri;
import io.promgres.config.HostPort;
import io.promgres.embedded.BinaryArchive;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.schema.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A database for one test class or one test, dropped by {@link #close()}: empty, or with the schema. Its owner is no superuser
 * and may create nothing outside of it: what a user of a managed PostgreSQL has.
 *
 * <p>All of a JVM share one server, of the version that the system property {@code test.postgres.jar} names (a jar of
 * io.zonky.test.postgres), else of the one in the product. It starts with the first database and stops with the JVM. Tests in
 * other JVMs have other servers, and other roles.
 */
public final class TestDatabase implements AutoCloseable {

    private static final String DROP_ROLES = """
            DO $$
            DECLARE
                role text;
            BEGIN
                FOREACH role IN ARRAY ARRAY['admin', 'maintenance', 'modifier', 'writer', 'reader'] LOOP
                    BEGIN
                        EXECUTE format('DROP ROLE IF EXISTS prom_%s', role);
                    EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
                        CONTINUE;
                    END;
                END LOOP;
            END
            $$""";

    /** What CREATE DATABASE does not copy: the settings of a database. */
    private static final String COPY_SETTINGS = """
            DO $$
            DECLARE
                setting text;
            BEGIN
                FOR setting IN
                    SELECT regexp_replace(c, '=', ' = ')
                    FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c
                    WHERE d.datname = '%s' AND s.setrole = 0
                LOOP
                    EXECUTE 'ALTER DATABASE %s SET ' || setting;
                END LOOP;
            END
            $$""";

    private static final AtomicInteger COUNTER = new AtomicInteger();

    /** The database that {@link #migrated} copies, and who owns it and its copies. */
    private static final String TEMPLATE = "test_template";

    private final String name;
    private final DatabaseUri uri;
    private final String owner;
    private final boolean mayCreateRoles;

    private TestDatabase(String name, String owner, boolean mayCreateRoles) {
        this.name = name;
        this.owner = owner;
        this.uri = asOwner(Server.INSTANCE.uri().hosts(), name, owner);
        this.mayCreateRoles = mayCreateRoles;
    }

    /** The server, started at the first use of this class's methods. */
    private static final class Server {
        private static final Path DIRECTORY = directory();
        private static final EmbeddedPostgres INSTANCE = start();

        private static Path directory() {
            try {
                // Not below target: PostgreSQL up to 15 cannot run where a parent is closed to its user, as /root is.
                Path directory = Files.createTempDirectory("promgres-test-");
                return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static EmbeddedPostgres start() {
            EmbeddedPostgres server = EmbeddedPostgres.start(
                    new EmbeddedPostgres.Options(DIRECTORY, 0, archive(), Optional.empty(), fastSettings()));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                server.close();
                delete(DIRECTORY);
            }));
            createTemplate(server.uri());
            return server;
        }

        /** First of all, so that no test has made the roles of promgres, which would be granted rights in every copy. */
        private static void createTemplate(DatabaseUri superuser) {
            createOwned(superuser, TEMPLATE, "");
            new Migrations(asOwner(superuser.hosts(), TEMPLATE, TEMPLATE)).migrate();
            execute(superuser, "ALTER DATABASE " + TEMPLATE + " ALLOW_CONNECTIONS false");
        }

        private static Map<String, String> fastSettings() {
            return Map.of(
                    "fsync", "off",
                    "full_page_writes", "off",
                    "shared_buffers", "256MB",
                    "max_connections", "100");
        }

        private static void delete(Path directory) {
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The programs that the tests run on. */
    public static BinaryArchive archive() {
        return Optional.ofNullable(System.getProperty("test.postgres.jar"))
                .map(jar -> BinaryArchive.ofJar(Path.of(jar)))
                .orElseGet(BinaryArchive::ofClassPath);
    }

    /** Where these programs are unpacked, once for the JVM, for servers of a test's own. */
    public static Path binaries() {
        return Server.DIRECTORY;
    }

    /**
     * A database with the schema of promgres, a copy of one that was migrated once: it is there in a tenth of the time. All of
     * these have one owner, who has no attribute but LOGIN.
     */
    public static TestDatabase migrated() {
        String name = nextName();
        execute(
                Server.INSTANCE.uri(),
                "CREATE DATABASE " + name + " OWNER " + TEMPLATE + " TEMPLATE " + TEMPLATE,
                COPY_SETTINGS.formatted(TEMPLATE, name));
        return new TestDatabase(name, TEMPLATE, false);
    }

    /** An empty database whose owner has no attribute but LOGIN. */
    public static TestDatabase fresh() {
        return fresh("");
    }

    /**
     * An empty database.
     *
     * @param attributes of the owner besides LOGIN, such as CREATEROLE
     */
    public static TestDatabase fresh(String attributes) {
        String name = nextName();
        createOwned(Server.INSTANCE.uri(), name, attributes);
        return new TestDatabase(name, name, attributes.contains("CREATEROLE"));
    }

    private static String nextName() {
        return "test_" + COUNTER.incrementAndGet();
    }

    /** An empty database and the role that owns it, of one name. */
    private static void createOwned(DatabaseUri superuser, String name, String attributes) {
        execute(
                superuser,
                "CREATE ROLE " + name + " LOGIN PASSWORD '" + name + "' " + attributes,
                "GRANT " + name + " TO CURRENT_USER",
                "CREATE DATABASE " + name + " OWNER " + name);
    }

    /** Another empty database of the same owner; to be closed before this one. */
    public TestDatabase second() {
        String second = nextName();
        execute(Server.INSTANCE.uri(), "CREATE DATABASE " + second + " OWNER " + owner);
        return new TestDatabase(second, owner, false);
    }

    private static DatabaseUri asOwner(List<HostPort> hosts, String database, String owner) {
        return new DatabaseUri(hosts, database, owner, Optional.of(owner), Map.of());
    }

    /**
     * Has every session of the owner in this database begin with these settings, those of a superuser included.
     *
     * @param settings such as {@code DateStyle = 'German'}; of those that the server does not know, nothing is said
     */
    public void begins(String... settings) {
        for (String setting : settings) {
            execute(Server.INSTANCE.uri(), """
                    DO $do$
                    BEGIN
                        EXECUTE $set$ALTER ROLE %s IN DATABASE %s SET %s$set$;
                    EXCEPTION WHEN undefined_object THEN
                        -- Another version has it.
                    END
                    $do$""".formatted(owner, name, setting));
        }
    }

    /** How to connect as the owner. */
    public DatabaseUri uri() {
        return uri;
    }

    /** A connection as the owner, in autocommit mode. */
    public Connection connect() throws SQLException {
        return connect(uri);
    }

    /** A connection to any database of the tests. */
    public static Connection connect(DatabaseUri uri) throws SQLException {
        return DriverManager.getConnection(uri.jdbcUrl(), uri.properties());
    }

    /** Ends whatever is connected, and drops the database, its owner, and the roles of promgres if nobody has them. */
    @Override
    public void close() {
        // Not WITH (FORCE), which is refused while an autovacuum is in there; this ends one.
        execute(
                Server.INSTANCE.uri(),
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + name
                        + "' AND usename = '" + owner + "'",
                "DROP DATABASE " + name);
        if (!owner.equals(name)) {
            return;
        }
        if (mayCreateRoles) {
            DatabaseUri superuser = Server.INSTANCE.uri();
            execute(asOwner(superuser.hosts(), superuser.database(), name), DROP_ROLES);
        }
        execute(Server.INSTANCE.uri(), "DROP OWNED BY " + name, "DROP ROLE " + name);
    }

    private static void execute(DatabaseUri uri, String... statements) {
        try (Connection connection = connect(uri);
                Statement statement = connection.createStatement()) {
            for (String sql : List.of(statements)) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
