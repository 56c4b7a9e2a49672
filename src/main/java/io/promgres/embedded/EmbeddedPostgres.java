package io.promgres.embedded;

import io.promgres.config.DatabaseUri;
import io.promgres.config.HostPort;
import io.promgres.config.Platform;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running PostgreSQL on 127.0.0.1, with its cluster in a directory of ours; {@link #close()} stops it and keeps the
 * data. Thread-safe.
 *
 * <p>The server is a session of its own and outlives a daemon that is killed; the next start on the directory stops it
 * first.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

    /** Where root keeps the programs when their users cannot get into the data directory. */
    private static final Path SYSTEM_CACHE = Path.of("/var/cache/promgres");

    private static final int ATTEMPTS_FOR_A_FREE_PORT = 3;

    private final DirectoryLock lock;
    private final Programs programs;
    private final Cluster cluster;
    private final DatabaseUri uri;
    private Postmaster postmaster;
    private boolean closed;

    private EmbeddedPostgres(DirectoryLock lock, Programs programs, Cluster cluster, DatabaseUri uri)
            throws IOException {
        this.lock = lock;
        this.programs = programs;
        this.cluster = cluster;
        this.uri = uri;
        this.postmaster = Postmaster.of(cluster.directory());
    }

    /**
     * What to start.
     *
     * @param directory holds everything, see the package; made if absent
     * @param port on 127.0.0.1; 0 for a free one
     * @param archive the programs
     * @param binaries where the programs are unpacked; empty for the directory itself
     * @param settings of the server, which win over ours
     */
    public record Options(
            Path directory, int port, BinaryArchive archive, Optional<Path> binaries, Map<String, String> settings) {

        private boolean durable() {
            return !"off".equals(settings.get("fsync"));
        }
    }

    /** Whether this directory has a cluster that was made here. */
    public static boolean isIn(Path directory) {
        return Files.isRegularFile(directory.resolve("cluster").resolve("PG_VERSION"));
    }

    /**
     * Starts the PostgreSQL of the class path, making its cluster if there is none.
     *
     * @param directory holds everything, see the package; made if absent
     * @param port on 127.0.0.1; 0 for a free one
     * @throws EmbeddedPostgresException for the user, with the reason
     */
    public static EmbeddedPostgres start(Path directory, int port) {
        return start(directory, port, () -> {});
    }

    /**
     * As {@link #start(Path, int)}.
     *
     * @param goOn called when there is a cluster and its server is to start; what it throws ends that
     */
    public static EmbeddedPostgres start(Path directory, int port, Runnable goOn) {
        return start(new Options(directory, port, BinaryArchive.ofClassPath(), Optional.empty(), Map.of()), goOn);
    }

    /** @throws EmbeddedPostgresException for the user, with the reason */
    public static EmbeddedPostgres start(Options options) {
        return start(options, () -> {});
    }

    private static EmbeddedPostgres start(Options options, Runnable goOn) {
        try {
            Files.createDirectories(options.directory());
            Path directory = options.directory().toRealPath();
            DirectoryLock lock = DirectoryLock.acquire(directory);
            try {
                return start(options, directory, lock, goOn);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new EmbeddedPostgresException(
                    "cannot use the data directory " + options.directory() + ": " + reason(e), e);
        }
    }

    /**
     * The server that a daemon runs in a directory now; empty if none does.
     *
     * @throws EmbeddedPostgresException for the user, with the reason
     */
    public static Optional<DatabaseUri> running(Path directory) {
        try {
            return Files.isDirectory(directory) && DirectoryLock.isHeld(directory)
                    ? new UriFile(directory.resolve("database.uri")).read()
                    : Optional.empty();
        } catch (IOException e) {
            throw new EmbeddedPostgresException("cannot use the data directory " + directory + ": " + reason(e), e);
        }
    }

    private static EmbeddedPostgres start(Options options, Path directory, DirectoryLock lock, Runnable goOn)
            throws IOException {
        long begin = System.nanoTime();
        Path clusterDirectory = directory.resolve("cluster");
        Programs programs = programs(options, directory, Account.forCluster(clusterDirectory));
        Cluster cluster = new Cluster(clusterDirectory, programs);
        UriFile uriFile = new UriFile(directory.resolve("database.uri"));
        if (!cluster.exists() && options.port() != 0) {
            LoopbackPort.checked(options.port());
        }
        String password = prepare(cluster, programs, uriFile, options.durable());
        goOn.run();
        int port = startServer(options, cluster, programs);
        EmbeddedPostgres server = new EmbeddedPostgres(lock, programs, cluster, uri(port, password));
        try {
            uriFile.write(server.uri);
            removeProgramsOfOtherVersions(directory, programs.binaries());
        } catch (IOException e) {
            ServerControl.stop(programs, cluster.directory());
            throw e;
        }
        LOG.info(
                "PostgreSQL {} runs on {}:{} as {}, started in {} ms",
                programs.version(),
                LoopbackPort.ADDRESS,
                port,
                programs.account(),
                (System.nanoTime() - begin) / 1_000_000);
        return server;
    }

    private static Programs programs(Options options, Path directory, Account account) throws IOException {
        boolean reachable = account.canReach(directory);
        if (!reachable && !Platform.current().isLinux()) {
            throw new EmbeddedPostgresException("PostgreSQL runs as " + account + ", which has no access to "
                    + directory + "; choose a directory that all users can reach with --data-dir DIR");
        }
        Path parent = options.binaries().orElse(reachable ? directory : SYSTEM_CACHE);
        Files.createDirectories(parent);
        if (parent.equals(SYSTEM_CACHE)) {
            Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return Programs.of(options.archive().unpackBelow(parent.toRealPath()), account, !reachable);
    }

    /** Leaves a cluster that no server runs on, and whose role has the password that is returned. */
    private static String prepare(Cluster cluster, Programs programs, UriFile uriFile, boolean durable)
            throws IOException {
        Optional<String> known = uriFile.password();
        String password = known.orElseGet(EmbeddedPostgres::newPassword);
        if (!cluster.exists()) {
            LOG.info("making a database cluster in {}", cluster.directory());
            cluster.create(password, durable);
            return password;
        }
        cluster.checkVersion();
        new LeftoverServer(cluster.directory(), programs).stop();
        if (known.isEmpty()) {
            cluster.setPassword(password);
        }
        return password;
    }

    /** @return the port */
    private static int startServer(Options options, Cluster cluster, Programs programs) throws IOException {
        ServerLog log = log(cluster);
        for (int attempt = 1; ; attempt++) {
            int port = options.port() == 0 ? LoopbackPort.free() : LoopbackPort.checked(options.port());
            cluster.configure(ServerSettings.of(port, ServerSettings.machineMemory(), options.settings()));
            if (ServerControl.start(programs, cluster.directory(), log.start()).succeeded()) {
                return port;
            }
            // Another process may take a port between our look at it and the server's.
            boolean taken = log.says("could not bind");
            if (!taken || options.port() != 0 || attempt == ATTEMPTS_FOR_A_FREE_PORT) {
                throw new EmbeddedPostgresException(
                        "PostgreSQL does not start on " + cluster.directory() + ":" + log.tail());
            }
        }
    }

    private static ServerLog log(Cluster cluster) {
        return new ServerLog(cluster.directory().resolveSibling("postgres.log"), cluster.directory());
    }

    /** What an earlier promgres unpacked, or was killed while unpacking; no process runs it, since we hold the lock. */
    private static void removeProgramsOfOtherVersions(Path directory, Path current) throws IOException {
        try (DirectoryStream<Path> others =
                Files.newDirectoryStream(directory, "{" + BinaryArchive.PREFIX + "," + BinaryArchive.PARTIAL + "}*")) {
            for (Path other : others) {
                if (!other.equals(current)) {
                    Directories.delete(other);
                }
            }
        }
    }

    private static DatabaseUri uri(int port, String password) {
        return new DatabaseUri(
                List.of(new HostPort(LoopbackPort.ADDRESS, port)),
                Cluster.ROLE,
                Cluster.ROLE,
                Optional.of(password),
                Map.of());
    }

    /** 192 bits, in letters that need no quoting in SQL, URIs and shells. */
    private static String newPassword() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException
                ? "permission denied for " + e.getMessage() + "; does promgres run as the user that owns it?"
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    /** How to connect, as the role that owns the database. */
    public DatabaseUri uri() {
        return uri;
    }

    /**
     * Starts the server again if it has gone by itself: killed, or out of room for its log.
     *
     * @throws EmbeddedPostgresException it does not start, with the reason; a later attempt may succeed
     */
    public synchronized void startAgainIfGone() throws IOException {
        if (closed || postmaster.isAlive()) {
            return;
        }
        LOG.warn("PostgreSQL has gone, and is started again");
        new LeftoverServer(cluster.directory(), programs).stop();
        ServerLog log = log(cluster);
        if (!ServerControl.start(programs, cluster.directory(), log.start()).succeeded()) {
            throw new EmbeddedPostgresException(
                    "PostgreSQL does not start again on " + cluster.directory() + ":" + log.tail());
        }
        postmaster = Postmaster.of(cluster.directory());
        LOG.info("PostgreSQL runs again on port {}", uri.hosts().get(0).port());
    }

    /** Stops the server within seconds; the second time does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        long begin = System.nanoTime();
        Command.Result result = ServerControl.stop(programs, cluster.directory());
        if (result.succeeded()) {
            LOG.info("PostgreSQL stopped in {} ms", (System.nanoTime() - begin) / 1_000_000);
        } else {
            LOG.warn("PostgreSQL could not be stopped: {}", result.output().strip());
        }
        releaseLock();
    }

    private void releaseLock() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("cannot release the lock of the data directory", e);
        }
    }

    /** For tests: the server goes on without a daemon, as after kill -9. */
    synchronized void releaseLockAsAKilledProcessDoes() {
        closed = true;
        releaseLock();
    }
}
