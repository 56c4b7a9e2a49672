package io.promgres.energy;

import io.promgres.observe.Metrics;
import io.promgres.store.WriteObserver;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import javax.sql.DataSource;

/** The projection of samples onto energy.fact_usage, put together. */
public final class Energy {

    private Energy() {}

    /**
     * Makes the rules the ones in force, and returns what notes which buckets flushes touch.
     *
     * @throws SQLException if the database does not take them
     */
    public static WriteObserver watch(DataSource database, Rules rules, Metrics metrics) throws SQLException {
        RuleStore store = new RuleStore(database, rules);
        return new RuleMatcher(store, rules, store.save(false), metrics);
    }

    /**
     * Makes the rules the ones in force for all stored series, and computes everything again that stored samples of a range
     * of time decide.
     *
     * @param from inclusive
     * @param to exclusive
     */
    public static void rebuild(DataSource database, Rules rules, Instant from, Instant to) throws SQLException {
        new RuleStore(database, rules).save(true);
        new Projector(database, InstantSource.system()).rebuild(from, to);
    }
}
