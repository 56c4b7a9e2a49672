package io.promgres.energy;

import io.promgres.model.SeriesAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Rows of _energy.source, and the places that they refer to, on their way to the database. Not thread-safe. */
final class SourceRows implements AutoCloseable {

    private static final int BATCH = 1_000;
    private static final String PLACE = """
            WITH fresh AS (
                INSERT INTO _energy.place (digest, machine_name, project, user_id, raw_label, host, port, region)
                SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT FROM _energy.place p WHERE p.digest = ?)
                ON CONFLICT (digest) DO NOTHING
                RETURNING id
            )
            INSERT INTO _energy.news (place_id) SELECT f.id FROM fresh f""";
    private static final String INSERT = """
            WITH put AS (INSERT INTO _energy.source (rule_id, measure, scope, display_name, group_name, workspace_id, started_at, place_id,
                series_id, metric_id)
            SELECT ?, ?, ?, ?, ?, ?, ?, (SELECT p.id FROM _energy.place p WHERE p.digest = ?), s.id, s.metric_id
            FROM _prom_catalog.series s WHERE\s""";
    private static final String END = " ON CONFLICT (rule_id, series_id) DO ";
    // A metric that was dropped and returns has another id.
    private static final String AS_BEFORE =
            END + "UPDATE SET metric_id = excluded.metric_id WHERE source.metric_id <> excluded.metric_id";
    private static final String AGAIN = END + """
            UPDATE
            SET measure = excluded.measure, scope = excluded.scope, display_name = excluded.display_name,
                group_name = excluded.group_name, workspace_id = excluded.workspace_id, started_at = excluded.started_at,
                place_id = excluded.place_id, metric_id = excluded.metric_id""";
    private static final String NEWS = """
             RETURNING place_id, rule_id, series_id, display_name, group_name, workspace_id)
            INSERT INTO _energy.news (place_id, rule_id, series_id)
            SELECT p.place_id, p.rule_id, p.series_id FROM put p
            WHERE num_nonnulls(p.display_name, p.group_name, p.workspace_id) > 0""";

    private final PreparedStatement places;
    private final PreparedStatement sources;
    private final boolean byAddress;
    private final List<SourceStore.Found> waiting = new ArrayList<>();

    private SourceRows(PreparedStatement places, PreparedStatement sources, boolean byAddress) {
        this.places = places;
        this.sources = sources;
        this.byAddress = byAddress;
    }

    /** Series that are told by their group and slot; what is stored of them already stays. */
    static SourceRows byAddress(Connection connection) throws SQLException {
        String sql = INSERT + "s.group_id = ? AND s.slot = ?" + AS_BEFORE + NEWS;
        return new SourceRows(connection.prepareStatement(PLACE), connection.prepareStatement(sql), true);
    }

    /** Series that are told by their id; what is stored of them is written over. */
    static SourceRows byId(Connection connection) throws SQLException {
        String sql = INSERT + "s.id = ?" + AGAIN + NEWS;
        return new SourceRows(connection.prepareStatement(PLACE), connection.prepareStatement(sql), false);
    }

    void add(SourceStore.Found found) throws SQLException {
        waiting.add(found);
        if (waiting.size() == BATCH) {
            write();
        }
    }

    private void write() throws SQLException {
        Set<UUID> written = new HashSet<>();
        for (SourceStore.Found one : waiting) {
            UUID digest = one.source().placeDigest();
            if (written.add(digest)) {
                addPlace(one.source(), digest);
            }
            addSource(one, digest);
        }
        places.executeBatch();
        sources.executeBatch();
        waiting.clear();
    }

    private void addPlace(Source source, UUID digest) throws SQLException {
        places.setObject(1, digest);
        places.setString(2, source.machineName());
        places.setString(3, source.project());
        places.setString(4, source.userId());
        places.setString(5, source.instance());
        places.setString(6, source.host());
        places.setNull(7, Types.INTEGER);
        if (source.instance() != null) {
            InstanceAddress endpoint = InstanceAddress.parse(source.instance());
            if (endpoint.port().isPresent()) {
                places.setInt(7, endpoint.port().getAsInt());
            }
        }
        places.setString(8, source.region());
        places.setObject(9, digest);
        places.addBatch();
    }

    private void addSource(SourceStore.Found found, UUID digest) throws SQLException {
        Source source = found.source();
        sources.setInt(1, found.ruleId());
        sources.setString(2, source.measure());
        sources.setString(3, source.scope() == null ? null : source.scope().toString());
        sources.setString(4, source.displayName());
        sources.setString(5, source.groupName());
        sources.setString(6, source.workspaceId());
        sources.setTimestamp(7, source.startedAt() == null ? null : Timestamp.from(source.startedAt()));
        sources.setObject(8, digest);
        if (byAddress) {
            sources.setLong(9, SeriesAddress.group(found.address()));
            sources.setInt(10, SeriesAddress.slot(found.address()));
        } else {
            sources.setLong(9, found.address());
        }
        sources.addBatch();
    }

    @Override
    public void close() throws SQLException {
        try (places;
                sources) {
            write();
        }
    }
}
