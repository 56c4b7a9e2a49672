package io.promgres.energy;

import io.promgres.model.LabelSet;
import io.promgres.model.SeriesAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/** The series that rules use, in the database. Thread-safe. */
final class SourceStore {

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

    SourceStore(DataSource database, Rules rules) {
        this.database = database;
        this.rules = rules;
    }

    /**
     * Chooses stored series for these rules.
     *
     * @param chosen the rules by their ids
     */
    void choose(Connection connection, Map<Integer, Rule> chosen) throws SQLException {
        SessionHosts sessions = sessionHosts(connection, 0);
        try (SourceRows sources = SourceRows.byId(connection)) {
            StoredSeries.visit(connection, chosen.values(), (labels, id, address) -> {
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
                StoredSeries.visitAt(connection, hosts, chosen.values(), (labels, id, address) -> {
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

    /** Tells of the stored series of all metrics that one of these rules chooses. */
    void visitStored(Collection<Rule> chosen, StoredSeries.Visitor visitor) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            StoredSeries.visit(connection, chosen, visitor);
            connection.commit();
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
