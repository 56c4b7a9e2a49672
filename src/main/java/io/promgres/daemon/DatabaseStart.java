package io.promgres.daemon;

import io.promgres.config.DatabaseUri;
import io.promgres.config.HostPort;
import io.promgres.schema.Migrations;
import io.promgres.schema.SchemaException;
import java.time.Duration;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database at a start: it is waited for where waiting may help, and its schema is brought up to date. Used by one thread,
 * once.
 */
final class DatabaseStart {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseStart.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final long REPORT_NANOS = Duration.ofMinutes(1).toNanos();

    private final Migrations migrations;
    private final boolean migrate;
    private final StartPhase phase;
    private final String where;
    private Duration pause = FIRST_PAUSE;
    private int attempts;
    private String reported = "";
    private long reportedAt;

    /** @param migrate whether the schema is brought up to date; else it has to be there */
    DatabaseStart(DatabaseUri uri, boolean migrate, StartPhase phase) {
        this.migrations = new Migrations(uri);
        this.migrate = migrate;
        this.phase = phase;
        this.where = uri.hosts().stream().map(HostPort::toString).collect(Collectors.joining(","));
    }

    /**
     * Returns when the database can be used.
     *
     * @throws SchemaException says what waiting does not mend, and the next step
     * @throws java.util.concurrent.CancellationException the start is to end
     */
    void run() {
        phase.begin("connects to the database at " + where);
        while (!attempt()) {
            phase.pause(pause);
            Duration twice = pause.multipliedBy(2);
            pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
        }
        if (attempts > 0) {
            LOG.info("the database at {} answers after {} attempts without success", where, attempts);
        }
    }

    private boolean attempt() {
        try {
            migrations.check(migrate);
            if (migrate) {
                phase.begin("migrates the schema of the database at " + where);
                LOG.info("schema is up to date, {} migrations ran", migrations.migrate());
            }
            return true;
        } catch (SchemaException e) {
            if (!e.mayPass()) {
                throw e;
            }
            attempts++;
            phase.begin("waits for the database at " + where + ": " + e.getMessage());
            report(e.getMessage());
            return false;
        }
    }

    /** A line for each new cause, and one a minute. */
    private void report(String cause) {
        long now = System.nanoTime();
        if (!cause.equals(reported) || now - reportedAt > REPORT_NANOS) {
            LOG.warn(
                    "waits for the database at {}, attempt {}: {}; if it is elsewhere, name it with --db (PROMGRES_DB)",
                    where,
                    attempts,
                    cause);
            reported = cause;
            reportedAt = now;
        }
    }
}
