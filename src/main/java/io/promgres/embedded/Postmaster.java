package io.promgres.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The first process of a running server, which the others are children of. */
final class Postmaster {

    private final ProcessHandle process;
    private final boolean named;

    private Postmaster(ProcessHandle process) {
        this.process = process;
        this.named = process.info().command().isPresent();
    }

    /**
     * @param cluster of a server that runs
     * @throws EmbeddedPostgresException it has ended meanwhile
     */
    static Postmaster of(Path cluster) throws IOException {
        String id = Files.readAllLines(cluster.resolve("postmaster.pid")).get(0).strip();
        return ProcessHandle.of(Long.parseLong(id))
                .map(Postmaster::new)
                .orElseThrow(() -> new EmbeddedPostgresException("PostgreSQL has ended right after its start"));
    }

    /** Whether it runs: an ended process that its parent has not waited for, as in a container without an init, has no command. */
    boolean isAlive() {
        return process.isAlive() && (!named || process.info().command().isPresent());
    }
}
