package io.promgres.energy;

import io.promgres.model.LabelSet;
import io.promgres.model.SeriesAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/** Rules and their series in the database. Thread-safe. */
final class RuleStore {

    private static final int FETCH = 1_000;

    /** A series that a rule uses: its labels say the rest. */
    record Found(int ruleId, Rule rule, LabelSet labels, long address) {}

    private final DataSource database;
    private final Rules rules;

    RuleStore(DataSource database, Rules rules) {
        this.database = database;
        this.rules = rules;
    }

    /**
     * Makes these rules the ones in force, and chooses stored series for those that are new or have changed. What a rule that
     * is gone has contributed stays.
     *
     * @param all whether every rule chooses its stored series again
     * @return their ids by name
     */
    Map<String, Integer> save(boolean all) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_xact_lock(1886547826, 5)");
                Map<String, String> known = definitions(statement);
                Map<String, Integer> ids = saveRules(connection);
                saveParameters(connection);
                Map<Integer, Rule> changed = new HashMap<>();
                for (Rule rule : rules.rules()) {
                    if (all || !rule.toString().equals(known.get(rule.name()))) {
                        changed.put(ids.get(rule.name()), rule);
                    }
                }
                forget(connection, changed.keySet(), ids.values());
                choose(connection, changed);
                connection.commit();
                return ids;
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private static Map<String, String> definitions(Statement statement) throws SQLException {
        Map<String, String> definitions = new HashMap<>();
        try (ResultSet rows = statement.executeQuery("SELECT name, definition FROM _energy.rule")) {
            while (rows.next()) {
                definitions.put(rows.getString(1), rows.getString(2));
            }
        }
        return definitions;
    }

    private Map<String, Integer> saveRules(Connection connection) throws SQLException {
        Map<String, Integer> ids = new HashMap<>();
        try (PreparedStatement save = connection.prepareStatement("""
                INSERT INTO _energy.rule AS r (name, kind, bucket, max_gap, factor, scopes, powered, definition)
                VALUES (?, ?, make_interval(secs => ?), make_interval(secs => ?), ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                    SET kind = excluded.kind, bucket = excluded.bucket, max_gap = excluded.max_gap, factor = excluded.factor,
                        scopes = excluded.scopes, powered = excluded.powered, definition = excluded.definition
                RETURNING id""")) {
            for (Rule rule : rules.rules()) {
                save.setString(1, rule.name());
                save.setString(2, rule.kind().toString());
                save.setDouble(3, rule.bucket().toMillis() / 1000.0);
                save.setDouble(4, rule.maxGap().toMillis() / 1000.0);
                save.setBigDecimal(5, rule.totalFactor());
                save.setArray(6, connection.createArrayOf("text", rule.scopes().toArray()));
                save.setBoolean(7, rule.powered());
                save.setString(8, rule.toString());
                try (ResultSet row = save.executeQuery()) {
                    row.next();
                    ids.put(rule.name(), row.getInt(1));
                }
            }
        }
        return ids;
    }

    private void saveParameters(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                PreparedStatement parameter = connection.prepareStatement(
                        "INSERT INTO _energy.parameter VALUES (true, ?, make_interval(secs => ?), make_interval(secs => ?))");
                PreparedStatement power = connection.prepareStatement("INSERT INTO _energy.power VALUES (?, ?, ?)")) {
            statement.execute("DELETE FROM _energy.parameter");
            parameter.setBigDecimal(1, rules.intensityConstant().orElse(null));
            parameter.setDouble(2, rules.intensityMaxAge().toMillis() / 1000.0);
            parameter.setDouble(3, rules.workspaceSilence().toMillis() / 1000.0);
            parameter.execute();
            statement.execute("DELETE FROM _energy.power");
            for (Map.Entry<String, Rules.Watts> machine : rules.power().entrySet()) {
                power.setString(1, machine.getKey());
                power.setBigDecimal(2, machine.getValue().busy());
                power.setBigDecimal(3, machine.getValue().idle());
                power.execute();
            }
        }
    }

    /** The series of changed rules, and everything that is to be done for rules that are not there any more. */
    private static void forget(Connection connection, Set<Integer> changed, Iterable<Integer> inForce)
            throws SQLException {
        List<Integer> kept = new ArrayList<>();
        for (Integer id : inForce) {
            if (!changed.contains(id)) {
                kept.add(id);
            }
        }
        List<Integer> all = new ArrayList<>(kept);
        all.addAll(changed);
        for (String table : List.of("touched", "pending")) {
            delete(connection, table, all);
        }
        delete(connection, "source", kept);
    }

    private static void delete(Connection connection, String table, List<Integer> exceptOfRules) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM _energy." + table + " WHERE rule_id <> ALL (?)")) {
            delete.setArray(1, connection.createArrayOf("int4", exceptOfRules.toArray()));
            delete.execute();
        }
    }

    private void choose(Connection connection, Map<Integer, Rule> chosen) throws SQLException {
        Set<Integer> metrics = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, metric_name FROM _prom_catalog.metric")) {
            while (rows.next()) {
                String name = rows.getString(2);
                if (chosen.values().stream().anyMatch(rule -> rule.choosesMetric(name))) {
                    metrics.add(rows.getInt(1));
                }
            }
        }
        try (PreparedStatement series = connection.prepareStatement("""
                SELECT s.id, s.metric_id, array_agg(l.key ORDER BY l.key), array_agg(l.value ORDER BY l.key)
                FROM _prom_catalog.series s JOIN _prom_catalog.label l ON l.id = ANY (s.labels)
                WHERE s.metric_id = ANY (?)
                GROUP BY s.id, s.metric_id""")) {
            series.setFetchSize(FETCH);
            series.setArray(1, connection.createArrayOf("int4", metrics.toArray()));
            try (ResultSet rows = series.executeQuery();
                    Sources sources = Sources.byId(connection, rules.regionLabel())) {
                while (rows.next()) {
                    LabelSet labels = labels((String[]) rows.getArray(3).getArray(), (String[])
                            rows.getArray(4).getArray());
                    for (Map.Entry<Integer, Rule> rule : chosen.entrySet()) {
                        if (rule.getValue().choosesMetric(labels.metricName())
                                && rule.getValue().chooses(labels)) {
                            sources.add(new Found(rule.getKey(), rule.getValue(), labels, rows.getLong(1)));
                        }
                    }
                }
            }
        }
    }

    private static LabelSet labels(String[] names, String[] values) {
        String[] namesAndValues = new String[names.length * 2];
        for (int i = 0; i < names.length; i++) {
            namesAndValues[2 * i] = names[i];
            namesAndValues[2 * i + 1] = values[i];
        }
        return LabelSet.ofSorted(namesAndValues);
    }

    /** Series that daemons have just interned; their addresses are places. */
    void add(List<Found> found) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Sources sources = Sources.byAddress(connection, rules.regionLabel())) {
                for (Found one : found) {
                    sources.add(one);
                }
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
            connection.commit();
        }
    }

    /** Rows of _energy.source on their way to the database; series that a rule cannot use are left out. */
    private static final class Sources implements AutoCloseable {
        private static final int BATCH = 1_000;
        private static final String INSERT = """
                INSERT INTO _energy.source (rule_id, measure, scope, user_id, display_name, group_name, machine_name,
                    project, host, port, raw_label, region, workspace_id, started_at, series_id, metric_id)
                SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, s.id, s.metric_id
                FROM _prom_catalog.series s WHERE\s""";
        private static final String END = " ON CONFLICT (rule_id, series_id) DO ";
        // A metric that was dropped and returns has another id.
        private static final String AS_BEFORE =
                END + "UPDATE SET metric_id = excluded.metric_id WHERE source.metric_id <> excluded.metric_id";
        private static final String AGAIN = END + """
                UPDATE
                SET measure = excluded.measure, scope = excluded.scope, user_id = excluded.user_id,
                    display_name = excluded.display_name, group_name = excluded.group_name,
                    machine_name = excluded.machine_name, project = excluded.project, host = excluded.host,
                    port = excluded.port, raw_label = excluded.raw_label, region = excluded.region,
                    workspace_id = excluded.workspace_id, started_at = excluded.started_at, known = false""";

        private final PreparedStatement insert;
        private final boolean byAddress;
        private final String regionLabel;
        private int added;

        private Sources(PreparedStatement insert, boolean byAddress, String regionLabel) {
            this.insert = insert;
            this.byAddress = byAddress;
            this.regionLabel = regionLabel;
        }

        static Sources byAddress(Connection connection, String regionLabel) throws SQLException {
            String sql = INSERT + "s.group_id = ? AND s.slot = ?" + AS_BEFORE;
            return new Sources(connection.prepareStatement(sql), true, regionLabel);
        }

        static Sources byId(Connection connection, String regionLabel) throws SQLException {
            return new Sources(connection.prepareStatement(INSERT + "s.id = ?" + AGAIN), false, regionLabel);
        }

        void add(Found found) throws SQLException {
            Source source;
            try {
                source = Source.of(found.rule(), found.labels(), regionLabel);
            } catch (Source.Unusable e) {
                return;
            }
            insert.setInt(1, found.ruleId());
            setLabels(source);
            if (byAddress) {
                insert.setLong(15, SeriesAddress.group(found.address()));
                insert.setInt(16, SeriesAddress.slot(found.address()));
            } else {
                insert.setLong(15, found.address());
            }
            insert.addBatch();
            if (++added % BATCH == 0) {
                insert.executeBatch();
            }
        }

        private void setLabels(Source source) throws SQLException {
            insert.setString(2, source.measure());
            insert.setString(3, source.scope() == null ? null : source.scope().toString());
            insert.setString(4, source.userId());
            insert.setString(5, source.displayName());
            insert.setString(6, source.groupName());
            insert.setString(7, source.machineName());
            insert.setString(8, source.project());
            setEndpoint(source.instance());
            insert.setString(11, source.instance());
            insert.setString(12, source.region());
            insert.setString(13, source.workspaceId());
            insert.setTimestamp(14, source.startedAt() == null ? null : Timestamp.from(source.startedAt()));
        }

        private void setEndpoint(String instance) throws SQLException {
            insert.setString(9, null);
            insert.setNull(10, Types.INTEGER);
            if (instance != null) {
                InstanceAddress endpoint = InstanceAddress.parse(instance);
                insert.setString(9, endpoint.host());
                if (endpoint.port().isPresent()) {
                    insert.setInt(10, endpoint.port().getAsInt());
                }
            }
        }

        @Override
        public void close() throws SQLException {
            try (insert) {
                insert.executeBatch();
            }
        }
    }
}
