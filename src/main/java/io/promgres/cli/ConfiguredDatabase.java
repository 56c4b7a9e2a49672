package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.config.ConfigException;
import io.promgres.config.DatabaseUri;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.schema.Migrations;
import java.util.Optional;

/** The database that the configuration names, for the time of a command. */
final class ConfiguredDatabase {

    /** What a command does with the database. */
    interface Work<T> {
        /** @param database accepts connections until this returns */
        T on(DatabaseUri database) throws Exception;
    }

    private ConfiguredDatabase() {}

    /**
     * As {@link #use}, for work that has no use for a new and empty database.
     *
     * @throws ConfigException there is no embedded database in the directory of the configuration
     */
    static <T> T useExisting(Config config, Work<T> work) throws Exception {
        if (config.db().isEmpty() && !EmbeddedPostgres.isIn(config.dataDir())) {
            throw new ConfigException("there is no database in "
                    + config.dataDir().toAbsolutePath().normalize()
                    + ": name one with --db, or the daemon's directory with --data-dir");
        }
        return use(config, work);
    }

    /**
     * Does something with the database. The embedded one is started for it, unless a daemon runs it.
     *
     * @return what the work returns
     * @throws io.promgres.schema.SchemaException the database that the configuration names takes no session; it says why, and the
     *     next step
     */
    static <T> T use(Config config, Work<T> work) throws Exception {
        if (config.db().isPresent()) {
            Migrations.checkSession(config.db().get());
            return work.on(config.db().get());
        }
        Optional<DatabaseUri> running = EmbeddedPostgres.running(config.dataDir());
        if (running.isPresent()) {
            return work.on(running.get());
        }
        try (EmbeddedPostgres server = EmbeddedPostgres.start(config.dataDir(), config.dbPort())) {
            return work.on(server.uri());
        }
    }
}
