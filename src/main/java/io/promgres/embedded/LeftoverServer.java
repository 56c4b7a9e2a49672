package io.promgres.embedded;

import io.promgres.config.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a daemon that was killed may have left on a cluster: a server that still runs, processes of a server that was
 * killed itself, or a postmaster.pid whose number now belongs to another process.
 *
 * <p>A server that still runs is stopped rather than adopted, because its port and its settings may be others. The caller
 * holds the directory's lock, so that no daemon needs it.
 */
final class LeftoverServer {

    private static final Logger LOG = LoggerFactory.getLogger(LeftoverServer.class);
    private static final long ORPHAN_SECONDS = 10;

    private final Path cluster;
    private final Path pidFile;
    private final Programs programs;

    LeftoverServer(Path cluster, Programs programs) {
        this.cluster = cluster;
        this.pidFile = cluster.resolve("postmaster.pid");
        this.programs = programs;
    }

    /** Afterwards a server can start on the cluster. */
    void stop() throws IOException {
        Optional<ProcessHandle> process = postmasterPid().flatMap(ProcessHandle::of);
        if (process.isPresent() && isServerOfThisCluster(process.get())) {
            LOG.warn(
                    "an earlier daemon left its PostgreSQL running (process {}); stopping it",
                    process.get().pid());
            shutDown();
        } else if (process.isPresent()) {
            // After a reboot or in a new container the number may be that of any process, and PostgreSQL would refuse
            // to start.
            Files.deleteIfExists(pidFile);
        }
        awaitOrphans();
    }

    private Optional<Long> postmasterPid() throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        String first = Files.readString(pidFile).lines().findFirst().orElse("").strip();
        // A minus sign marks single-user mode.
        return first.matches("-?[0-9]{1,18}") ? Optional.of(Math.abs(Long.parseLong(first))) : Optional.empty();
    }

    private void shutDown() {
        Command.Result result = ServerControl.stop(programs, cluster);
        if (!result.succeeded()) {
            throw new EmbeddedPostgresException("cannot stop the PostgreSQL that an earlier daemon left running on "
                    + cluster + ": " + result.output().strip());
        }
    }

    /** The children of a killed server end by themselves, but not at once, and hold its shared memory until then. */
    private void awaitOrphans() {
        if (!Platform.current().isLinux()) {
            return;
        }
        List<ProcessHandle> orphans =
                ProcessHandle.allProcesses().filter(this::isServerOfThisCluster).toList();
        for (ProcessHandle orphan : orphans) {
            if (!hasEnded(orphan)) {
                orphan.destroyForcibly();
                hasEnded(orphan);
            }
        }
    }

    private static boolean hasEnded(ProcessHandle process) {
        try {
            process.onExit().get(ORPHAN_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException("interrupted while an earlier PostgreSQL was stopping", e);
        }
    }

    /** On Linux all processes of a server have the cluster as their working directory; elsewhere the name must do. */
    private boolean isServerOfThisCluster(ProcessHandle process) {
        if (!process.info().command().orElse("").endsWith("/postgres")) {
            return false;
        }
        if (!Platform.current().isLinux()) {
            return true;
        }
        try {
            return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), cluster);
        } catch (IOException e) {
            // Ended meanwhile, or not ours to look at.
            return false;
        }
    }
}
