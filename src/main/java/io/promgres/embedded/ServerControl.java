package io.promgres.embedded;

import java.nio.file.Path;
import java.util.List;

/**
 * Starts and stops a server with pg_ctl, which gives it a session of its own: a Ctrl-C in the daemon's terminal must not
 * stop the database before the daemon has written what it accepted.
 */
final class ServerControl {

    /** Recovery after a crash replays up to max_wal_size of log before the server is ready. */
    private static final String START_SECONDS = "300";

    private static final String STOP_SECONDS = "7";

    private ServerControl() {}

    /** Returns when the server takes connections, or has failed to. */
    static Command.Result start(Programs programs, Path cluster, Path log) {
        return programs.on(cluster, "pg_ctl", List.of("start", "-w", "-s", "-t", START_SECONDS))
                .writingTo(log)
                .run();
    }

    /**
     * Ends all connections and writes a checkpoint; a server that needs too long for that is stopped without one, which
     * loses nothing that was committed but makes the next start replay its log.
     */
    static Command.Result stop(Programs programs, Path cluster) {
        Command.Result result = stop(programs, cluster, "fast");
        return result.succeeded() ? result : stop(programs, cluster, "immediate");
    }

    private static Command.Result stop(Programs programs, Path cluster, String mode) {
        return programs.on(cluster, "pg_ctl", List.of("stop", "-w", "-s", "-t", STOP_SECONDS, "-m", mode))
                .run();
    }
}
