package io.promgres.energy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/** Rules, and what else a rule file has, in the database. Thread-safe. */
final class RuleStore {

    /** Rules that choose series among those that are stored already. */
    enum Choosing {
        ALL,
        /** Those that are new or have changed. */
        CHANGED
    }

    private final DataSource database;
    private final Rules rules;
    private final SourceStore sources;

    RuleStore(DataSource database, Rules rules, SourceStore sources) {
        this.database = database;
        this.rules = rules;
        this.sources = sources;
    }

    /**
     * Makes these rules the ones in force, and chooses stored series. What a rule that is gone has
     * contributed stays.
     *
     * @param choosing which rules choose their stored series again
     * @return their ids by name
     */
    Map<String, Integer> save(Choosing choosing) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_xact_lock(1886547826, 5)");
                Map<String, String> known = definitions(statement);
                Map<String, Integer> ids = saveRules(connection);
                saveParameters(connection);
                Map<Integer, Rule> changed = new HashMap<>();
                for (Rule rule : rules.rules()) {
                    if (choosing == Choosing.ALL || !RulesText.of(rule).equals(known.get(rule.name()))) {
                        changed.put(ids.get(rule.name()), rule);
                    }
                }
                forget(connection, changed.keySet(), ids.values());
                sources.choose(connection, changed);
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
}
