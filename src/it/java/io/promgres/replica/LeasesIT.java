package io.promgres.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.config.DatabaseUri;
import io.promgres.observe.Metrics;
import io.promgres.replica.ReplicaElection.Candidate;
import io.promgres.store.Database;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The election of replicas by a real database, with a daemon's clock that the test sets; the database's moves by UPDATE. */
class LeasesIT {

    private static final Duration SILENCE = Duration.ofHours(10);

    private static TestDatabase testDatabase;
    private static Metrics metrics;
    private static Database database;
    private static Connection connection;

    private final AtomicLong nanos = new AtomicLong();
    private final Leases leases = new Leases(new LeaseStore(database.pool(), SILENCE), SILENCE, nanos::get);

    @BeforeAll
    static void start() throws SQLException {
        testDatabase = TestDatabase.migrated();
        DatabaseUri uri = testDatabase.uri();
        metrics = new Metrics("test");
        database = new Database(uri, 4, metrics.registry());
        connection = testDatabase.connect();
    }

    @AfterAll
    static void stop() throws SQLException {
        connection.close();
        database.close();
        metrics.close();
        testDatabase.close();
    }

    private static Candidate replica(String cluster, String name) {
        return new Candidate("", cluster, name);
    }

    private void pass(Duration time, String cluster) throws SQLException {
        nanos.addAndGet(time.toNanos());
        Sql.execute(
                connection,
                "UPDATE _prom_catalog.ha_lease SET since = since - interval '%1$s', last_heard = last_heard - interval '%1$s'"
                                .formatted(time)
                        + " WHERE cluster = '" + cluster + "'");
    }

    private boolean leads(String cluster, String name) {
        return leases.heartbeat(replica(cluster, name)).leads();
    }

    @Test
    void theFirstThatIsHeardLeadsAsLongAsItIsHeard() throws Exception {
        assertThat(leads("first", "a")).isTrue();
        for (int i = 0; i < 5; i++) {
            pass(SILENCE.dividedBy(2), "first");
            assertThat(leads("first", "a")).isTrue();
            assertThat(leads("first", "b")).isFalse();
        }
    }

    @Test
    void whoIsHeardAfterTheSilenceOfTheLeaderLeadsAndTheFormerLeaderFollows() throws Exception {
        assertThat(leads("silent", "a")).isTrue();
        pass(SILENCE.minusMinutes(1), "silent");
        assertThat(leads("silent", "b")).isFalse();
        // Asked again when the silence is over, though not much time has passed.
        pass(Duration.ofMinutes(2), "silent");
        assertThat(leads("silent", "b")).isTrue();
        assertThat(leads("silent", "a")).isFalse();
        assertThat(leases.heartbeat(replica("silent", "a")).terms()).hasSize(1);
    }

    @Test
    void theLeaderAsksTheDatabaseAgainAfterATenthOfTheSilenceSoThatNobodyElseCanLeadBefore() throws Exception {
        assertThat(leads("memory", "a")).isTrue();
        Leases elsewhere = new Leases(new LeaseStore(database.pool(), SILENCE), SILENCE, nanos::get);
        Sql.execute(connection, "UPDATE _prom_catalog.ha_lease SET last_heard = 'epoch' WHERE cluster = 'memory'");
        assertThat(elsewhere.heartbeat(replica("memory", "b")).leads()).isTrue();
        nanos.addAndGet(SILENCE.dividedBy(10).toNanos() - 1);
        assertThat(leads("memory", "a")).isTrue();
        nanos.addAndGet(1);
        assertThat(leads("memory", "a")).isFalse();
    }

    @Test
    void withoutAnAnswerOfTheDatabaseNobodyIsDecidedOnAndAKnownLeaderOnlyForATenth() throws Exception {
        assertThat(leads("away", "a")).isTrue();
        Sql.execute(connection, "ALTER TABLE _prom_catalog.ha_lease RENAME TO ha_lease_away");
        try {
            assertThat(leads("away", "a")).isTrue();
            nanos.addAndGet(SILENCE.dividedBy(10).toNanos());
            assertThatThrownBy(() -> leads("away", "a"))
                    .isInstanceOf(UndecidedException.class)
                    .hasMessageContaining("which replica of cluster away leads");
        } finally {
            Sql.execute(connection, "ALTER TABLE _prom_catalog.ha_lease_away RENAME TO ha_lease");
        }
        assertThat(leads("away", "a")).isTrue();
    }

    @Test
    void aClockThatIsSetBackDoesNotMakeADeadLeaderLeadForAsLongAsItWasAhead() throws SQLException {
        String cluster = "set-back";
        assertThat(leads(cluster, "a")).isTrue();
        // Heard when the clock was 30 days ahead.
        pass(Duration.ofDays(-30), cluster);
        nanos.addAndGet(Duration.ofDays(30).plus(SILENCE).toNanos());
        assertThat(leads(cluster, "b")).isFalse();
        pass(SILENCE.plusMinutes(1), cluster);
        assertThat(leads(cluster, "b")).isTrue();
    }

    @Test
    void nobodyHasLedInTheFutureOnceTheClockIsSetBack() throws SQLException {
        String cluster = "never-then";
        assertThat(leads(cluster, "a")).isTrue();
        pass(SILENCE.plusMinutes(1), cluster);
        assertThat(leads(cluster, "b")).isTrue();
        Sql.execute(
                connection,
                "UPDATE _prom_catalog.ha_past_lease SET until = until + interval '30 days' WHERE cluster = 'never-then'");
        pass(Duration.ofDays(-30), cluster);
        nanos.addAndGet(Duration.ofDays(30).plus(SILENCE).toNanos());
        assertThat(leads(cluster, "b")).isTrue();
        assertThat(
                        Sql.rows(
                                connection,
                                "SELECT leader FROM prom_info.ha_lease WHERE cluster = 'never-then' AND greatest(since, until, last_heard) > now() + interval '1 day'"))
                .isEmpty();
    }
}
