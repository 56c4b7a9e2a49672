package io.promgres;

import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import io.promgres.embedded.EmbeddedPostgres;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The only composition root: builds everything in order; {@link #close()} is the same list upside down. */
public final class Daemon implements AutoCloseable {

    private final Optional<EmbeddedPostgres> embedded;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private Daemon(Optional<EmbeddedPostgres> embedded) {
        this.embedded = embedded;
    }

    /** Starts all parts and says on standard output where they are. */
    public static Daemon start(Config config) {
        Optional<EmbeddedPostgres> embedded = config.db().isPresent()
                ? Optional.empty()
                : Optional.of(EmbeddedPostgres.start(config.dataDir(), config.dbPort()));
        DatabaseUri uri =
                config.db().or(() -> embedded.map(EmbeddedPostgres::uri)).orElseThrow();
        PrintStream out = System.out;
        out.println("psql '" + uri + "'");
        return new Daemon(embedded);
    }

    /** Returns once {@link #close()} is done. */
    public void awaitStopped() throws InterruptedException {
        stopped.await();
    }

    @Override
    public void close() {
        embedded.ifPresent(EmbeddedPostgres::close);
        stopped.countDown();
    }
}
