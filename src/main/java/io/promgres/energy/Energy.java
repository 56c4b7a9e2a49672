package io.promgres.energy;

import io.promgres.observe.Metrics;
import io.promgres.store.WriteObserver;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import javax.sql.DataSource;

/** The projection of samples onto energy.fact_usage, put together. */
public final class Energy {

    private final RuleMatcher matcher;
    private final Projector projector;

    /**
     * Makes the rules the ones in force.
     *
     * @param database for what flushes wait for
     * @param background for the projector
     * @throws SQLException if the database does not take the rules
     */
    public Energy(DataSource database, DataSource background, Rules rules, Metrics metrics, InstantSource clock)
            throws SQLException {
        RuleStore store = new RuleStore(database, rules);
        matcher = new RuleMatcher(store, rules, store.save(false), metrics);
        projector = new Projector(background, clock, matcher);
    }

    /** What notes which buckets flushes touch. */
    public WriteObserver watch() {
        return matcher;
    }

    /** Brings energy.fact_usage up to date; does nothing when it has done so just now. */
    public void project() throws SQLException {
        projector.run();
    }

    RuleMatcher matcher() {
        return matcher;
    }

    /**
     * Makes the rules the ones in force for all stored series, and computes everything again that stored samples of a range
     * of time decide.
     *
     * @param from inclusive
     * @param to exclusive
     */
    public static void rebuild(DataSource database, Rules rules, Metrics metrics, Instant from, Instant to)
            throws SQLException {
        RuleStore store = new RuleStore(database, rules);
        RuleMatcher matcher = new RuleMatcher(store, rules, store.save(true), metrics);
        new Projector(database, InstantSource.system(), matcher).rebuild(from, to);
    }
}
