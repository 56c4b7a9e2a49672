package io.promgres.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;

/** Makes partitions of the landing table before data needs them. Thread-safe. */
public final class PartitionStore {

    private final DataSource database;
    private final Duration block;

    public PartitionStore(DataSource database, Duration block) {
        this.database = database;
        this.block = block;
    }

    /** Tells the SQL interface how long a block is where it has not been set. */
    public void announceBlock() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement set = connection.prepareStatement(
                        "SELECT _prom_catalog.set_setting('configured_chunk_interval', make_interval(secs => ?)::text)")) {
            set.setDouble(1, block.toMillis() / 1000.0);
            set.execute();
        }
    }

    /** Makes the partitions of this time and of the next two blocks, where they are missing. */
    public void makeAhead(Instant now) throws SQLException {
        List<Long> times = List.of(
                now.toEpochMilli(),
                now.plus(block).toEpochMilli(),
                now.plus(block.multipliedBy(2)).toEpochMilli());
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            LandingPartitions.ensure(connection, times, block);
        }
    }
}
