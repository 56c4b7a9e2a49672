package io.promgres.schema;

import io.promgres.config.DatabaseUri;
import java.util.List;

/** Brings the schema of a database up to date. */
public final class Migrations {

    private final DatabaseUri database;

    public Migrations(DatabaseUri database) {
        this.database = database;
    }

    /** What {@link #migrate()} would do, in order, one line each. */
    public List<String> pending() {
        return List.of();
    }

    /** Does what is pending. */
    public void migrate() {
        java.util.Objects.requireNonNull(database);
    }
}
