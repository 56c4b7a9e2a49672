package io.promgres.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.config.DatabaseUri;
import io.promgres.maintenance.Leadership;
import io.promgres.packing.Packer;
import io.promgres.schema.Migrations;
import io.promgres.store.Database;
import io.promgres.testing.FailingListener;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Packs blocks that have closed in the place of the daemon, which is told to wait for days: leads until it is closed, and the
 * daemon leads afterwards. For what happened before the time that is measured.
 */
final class ClosedBlocks implements AutoCloseable {

    private static final Duration BLOCK = Duration.ofHours(2);
    private static final int CONNECTIONS = 3;

    private final Database database;
    private final Leadership leadership;

    /** @param uri of a database that no daemon is at; gets its schema */
    ClosedBlocks(DatabaseUri uri) throws SQLException {
        new Migrations(uri).migrate();
        database = new Database(uri, CONNECTIONS, new SimpleMeterRegistry());
        leadership = new Leadership(database.background());
        if (!leadership.lead()) {
            close();
            throw new IllegalStateException("a daemon leads already");
        }
    }

    /** Packs all blocks that have closed by now. */
    void pack() throws SQLException, InterruptedException {
        Packer packer = new Packer(database.background(), BLOCK, new FailingListener(), unit -> {});
        for (Packer.Partition partition : packer.seal(Duration.ZERO)) {
            packer.pack(partition);
        }
    }

    @Override
    public void close() {
        leadership.close();
        database.close();
    }
}
