package io.promgres.energy;

import io.promgres.model.LabelSet;
import io.promgres.model.SeriesAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/** Rules and their series in the database. Thread-safe. */
final class RuleStore {

    private static final int FETCH = 1_000;
    private static final String AT_HOSTS = """
             AND s.labels::int[] && ARRAY(
                SELECT i.id FROM _prom_catalog.label i
                WHERE i.key = ANY (?)
                  AND coalesce(substring(i.value FROM '^\\[(.*)\\](?::[0-9]+)?$'), substring(i.value FROM '^([^:]*)(?::[0-9]+)?$'), i.value)
                      = ANY (?))""";

    /**
     * A series that a rule uses.
     *
     * @param address its place, or its id where that is known
     */
    record Found(int ruleId, Source source, long address) {}

    /** A series that a rule uses, and its place, {@link SeriesAddress#UNKNOWN} if it has none. */
    record Adopted(int ruleId, Rule rule, long address) {}

    /** Hosts of sessions, and how many there have been. */
    record SessionHosts(Set<String> hosts, int last) {}

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
                    if (all || !RulesText.of(rule).equals(known.get(rule.name()))) {
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

    /**
     * The rules of the daemon that started last, as {@link RulesText} wrote them.
     *
     * @return empty if none has started with energy enabled
     */
    static Optional<String> inForce(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT rules FROM _energy.parameter")) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
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
                INSERT INTO _energy.rule AS r (name, kind, bucket, max_gap, factor, scopes, powered, estimate,
                    named_only, definition)
                VALUES (?, ?, make_interval(secs => ?), make_interval(secs => ?), ?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                    SET kind = excluded.kind, bucket = excluded.bucket, max_gap = excluded.max_gap, factor = excluded.factor,
                        scopes = excluded.scopes, powered = excluded.powered,
                        estimate = excluded.estimate, named_only = excluded.named_only,
                        definition = excluded.definition
                RETURNING id""")) {
            for (Rule rule : rules.rules()) {
                save.setString(1, rule.name());
                save.setString(2, rule.kind().toString());
                save.setDouble(3, rule.bucket().toMillis() / 1000.0);
                save.setDouble(4, rule.maxGap().toMillis() / 1000.0);
                save.setBigDecimal(5, rule.totalFactor());
                save.setArray(6, connection.createArrayOf("text", rule.scopes().toArray()));
                save.setBoolean(7, rule.powered());
                save.setBoolean(8, rule.cpuEnergy() == CpuEnergy.ESTIMATE);
                save.setBoolean(9, rule.namedOnly());
                save.setString(10, RulesText.of(rule));
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
                        "INSERT INTO _energy.parameter VALUES (true, ?, make_interval(secs => ?), make_interval(secs => ?), ?, ?)");
                PreparedStatement power = connection.prepareStatement("INSERT INTO _energy.power VALUES (?, ?, ?)")) {
            statement.execute("DELETE FROM _energy.parameter");
            parameter.setBigDecimal(1, rules.intensityConstant().orElse(null));
            parameter.setDouble(2, rules.intensityMaxAge().toMillis() / 1000.0);
            parameter.setDouble(3, rules.workspaceSilence().toMillis() / 1000.0);
            parameter.setString(4, RulesText.of(rules));
            parameter.setString(5, rules.region().orElse(null));
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
        SessionHosts sessions = sessionHosts(connection, 0);
        try (SourceRows sources = SourceRows.byId(connection)) {
            forStored(connection, chosen, null, (labels, id, address) -> {
                for (Map.Entry<Integer, Rule> rule : chosen.entrySet()) {
                    Source source = usable(rule.getValue(), labels);
                    if (source != null && rule.getValue().counts(source, sessions.hosts())) {
                        sources.add(new Found(rule.getKey(), source, id));
                    }
                }
            });
        }
        try (PreparedStatement again = connection.prepareStatement("""
                INSERT INTO _energy.news (place_id)
                SELECT DISTINCT s.place_id FROM _energy.source s WHERE s.rule_id = ANY (?)""")) {
            again.setArray(1, connection.createArrayOf("int4", chosen.keySet().toArray()));
            again.execute();
        }
    }

    /**
     * Chooses stored series at the hosts of sessions, of rules that take few others.
     *
     * @param chosen the rules by their ids
     * @return those that have a place, with it
     */
    List<Adopted> adopt(Map<Integer, Rule> chosen, Set<String> hosts) throws SQLException {
        List<Adopted> adopted = new ArrayList<>();
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (SourceRows sources = SourceRows.byId(connection)) {
                forStored(connection, chosen, hosts, (labels, id, address) -> {
                    for (Map.Entry<Integer, Rule> rule : chosen.entrySet()) {
                        Source source = usable(rule.getValue(), labels);
                        if (source != null
                                && !source.isNamed()
                                && rule.getValue().counts(source, hosts)) {
                            sources.add(new Found(rule.getKey(), source, id));
                            adopted.add(new Adopted(rule.getKey(), rule.getValue(), address));
                        }
                    }
                });
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
            connection.commit();
        }
        return adopted;
    }

    /** The series as the rule uses it; null if it does not. */
    private Source usable(Rule rule, LabelSet labels) {
        if (!rule.choosesMetric(labels.metricName()) || !rule.chooses(labels)) {
            return null;
        }
        try {
            return Source.of(rule, labels, rules.regionLabel());
        } catch (Source.Unusable e) {
            return null;
        }
    }

    /** Gets a stored series. */
    interface Stored {
        void series(LabelSet labels, long id, long address) throws SQLException;
    }

    /** Tells of the stored series of all metrics that one of these rules chooses. */
    void forStored(Map<Integer, Rule> rules, Stored stored) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            forStored(connection, rules, null, stored);
            connection.commit();
        }
    }

    /** @param hosts only series whose label instance names one of these; null for all */
    private static void forStored(Connection connection, Map<Integer, Rule> rules, Set<String> hosts, Stored stored)
            throws SQLException {
        Set<Integer> metrics = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, metric_name FROM _prom_catalog.metric")) {
            while (rows.next()) {
                String name = rows.getString(2);
                if (rules.values().stream().anyMatch(rule -> rule.choosesMetric(name))) {
                    metrics.add(rows.getInt(1));
                }
            }
        }
        try (PreparedStatement series = connection.prepareStatement(
                """
                SELECT s.id, s.group_id, s.slot, array_agg(l.key ORDER BY l.key), array_agg(l.value ORDER BY l.key)
                FROM _prom_catalog.series s JOIN _prom_catalog.label l ON l.id = ANY (s.labels)
                WHERE s.metric_id = ANY (?)""" + (hosts == null ? "" : AT_HOSTS) + " GROUP BY s.id, s.group_id, s.slot")) {
            series.setFetchSize(FETCH);
            series.setArray(1, connection.createArrayOf("int4", metrics.toArray()));
            if (hosts != null) {
                String[] names = rules.values().stream()
                        .map(rule -> rule.labelOf(Dimension.INSTANCE))
                        .toArray(String[]::new);
                series.setArray(2, connection.createArrayOf("text", names));
                series.setArray(3, connection.createArrayOf("text", hosts.toArray()));
            }
            try (ResultSet rows = series.executeQuery()) {
                while (rows.next()) {
                    LabelSet labels = labels((String[]) rows.getArray(4).getArray(), (String[])
                            rows.getArray(5).getArray());
                    long address = rows.getObject(2) == null
                            ? SeriesAddress.UNKNOWN
                            : SeriesAddress.of(rows.getLong(2), rows.getInt(3));
                    stored.series(labels, rows.getLong(1), address);
                }
            }
        }
    }

    /** Hosts of sessions that were noted after so many. */
    SessionHosts sessionHosts(int last) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return sessionHosts(connection, last);
        }
    }

    private static SessionHosts sessionHosts(Connection connection, int last) throws SQLException {
        Set<String> hosts = new HashSet<>();
        int newest = last;
        try (PreparedStatement select =
                connection.prepareStatement("SELECT host, id FROM _energy.session_host WHERE id > ? ORDER BY id")) {
            select.setInt(1, last);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    hosts.add(rows.getString(1));
                    newest = rows.getInt(2);
                }
            }
        }
        return new SessionHosts(hosts, newest);
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
            try (SourceRows sources = SourceRows.byAddress(connection)) {
                // Daemons that learn of the same places at a time do it in the same order.
                for (Found one : found.stream()
                        .sorted(Comparator.comparing(one -> one.source().placeDigest()))
                        .toList()) {
                    sources.add(one);
                }
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
            connection.commit();
        }
    }
}
