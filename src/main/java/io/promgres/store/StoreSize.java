package io.promgres.store;

import io.promgres.observe.StoredState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** How much the database holds. {@link #refresh} asks it, {@link #last} says what it said. Thread-safe. */
public final class StoreSize {

    // To count many rows takes its time: PostgreSQL's estimate does then.
    private static final String QUERY = """
            SELECT CASE WHEN estimate.series > 1000000 THEN estimate.series
                        ELSE (SELECT count(*) FROM _prom_catalog.series) END,
                   (SELECT count(*) FROM _prom_catalog.metric),
                   (SELECT count(*) FROM _prom_catalog.landing_partition WHERE NOT sealed),
                   (SELECT count(*) FROM _prom_catalog.landing_partition WHERE sealed),
                   CASE WHEN estimate.blocks > 1000000 THEN estimate.blocks
                        ELSE (SELECT count(*) FROM _prom_catalog.packed_block) END,
                   pg_database_size(current_database()),
                   (SELECT CASE WHEN j.number_jobs = 0 THEN 0
                                ELSE coalesce(greatest(0, extract(epoch FROM now() - j.schedule_interval - coalesce(
                                         j.finished_at,
                                         (SELECT min(l.upper) FROM _prom_catalog.landing_partition l)))
                                     / extract(epoch FROM prom_api.get_default_chunk_interval())), 0) END
                    FROM _prom_catalog.maintenance_job j WHERE j.job_type = 'compression')
            FROM (SELECT (SELECT reltuples::bigint FROM pg_class WHERE oid = '_prom_catalog.series'::regclass) AS series,
                         (SELECT reltuples::bigint FROM pg_class WHERE oid = '_prom_catalog.packed_block'::regclass)
                             AS blocks) estimate""";

    private final DataSource database;
    private volatile StoredState last = StoredState.NOTHING;

    public StoreSize(DataSource database) {
        this.database = database;
    }

    public void refresh() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            last = new StoredState(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6),
                    row.getDouble(7));
        }
    }

    /** As of the last refresh; {@link StoredState#NOTHING} before the first. */
    public StoredState last() {
        return last;
    }
}
