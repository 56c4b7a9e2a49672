package io.promgres.replica;

import io.promgres.replica.ReplicaElection.Candidate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Who leads which cluster, as all daemons of a database see it. Times are those of the database's clock. Thread-safe. */
public final class LeaseStore {

    private final DataSource database;
    private final Duration silence;

    /** @param silence how long a leader may be silent before another replica takes its place */
    public LeaseStore(DataSource database, Duration silence) {
        this.database = database;
        this.silence = silence;
    }

    /**
     * An answer of the database.
     *
     * @param standing of the candidate
     * @param leader who leads
     * @param remaining for how long no other candidate can take the lead, if the leader is not heard again
     */
    public record Lease(LeaderStatus standing, String leader, Duration remaining) {}

    /** Tells that a candidate has sent something: the leader goes on, another one may take its place. */
    public Lease heartbeat(Candidate candidate) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement call =
                        connection.prepareStatement("SELECT leader, remaining_ms, terms FROM _prom_catalog.renew_lease("
                                + "?, ?, ?, ? * interval '1 millisecond')")) {
            call.setString(1, candidate.tenant());
            call.setString(2, candidate.cluster());
            call.setString(3, candidate.replica());
            call.setLong(4, silence.toMillis());
            try (ResultSet row = call.executeQuery()) {
                row.next();
                String leader = row.getString(1);
                Long[] terms = (Long[]) row.getArray(3).getArray();
                LeaderStatus standing = new LeaderStatus(leader.equals(candidate.replica()), terms(terms));
                return new Lease(standing, leader, Duration.ofMillis(row.getLong(2)));
            }
        }
    }

    private static List<LeaderStatus.Term> terms(Long[] bounds) {
        List<LeaderStatus.Term> terms = new ArrayList<>();
        for (int i = 0; i < bounds.length; i += 2) {
            terms.add(new LeaderStatus.Term(bounds[i], bounds[i + 1]));
        }
        return terms;
    }
}
