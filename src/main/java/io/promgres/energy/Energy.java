package io.promgres.energy;

import io.promgres.config.ConfigException;
import io.promgres.observe.Metrics;
import io.promgres.store.WriteObserver;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/** The projection of samples onto energy.fact_usage, put together. */
public final class Energy {

    private final RulesInForce inForce;
    private final Projector projector;
    private final AtomicReference<Rules> wanted = new AtomicReference<>();

    /**
     * Makes the rules the ones in force.
     *
     * @param database for what flushes wait for
     * @param background for the projector
     * @throws SQLException if the database does not take the rules
     */
    public Energy(DataSource database, DataSource background, Rules rules, Metrics metrics, InstantSource clock)
            throws SQLException {
        inForce = new RulesInForce(database, rules, RuleStore.Choosing.CHANGED, metrics);
        projector = new Projector(background, clock, inForce, metrics);
    }

    /** What notes which buckets flushes touch. */
    public WriteObserver watch() {
        return inForce;
    }

    /** Has {@link #project} make these rules the ones in force, again and again until the database takes them. */
    public void reload(Rules rules) {
        wanted.set(rules);
    }

    /**
     * Puts rules in force that are wanted, brings sessions up to date, and energy.fact_usage if the last time was longer ago than
     * the interval; does nothing when it has done so just now.
     */
    public void project(Duration interval) throws SQLException {
        Rules rules = wanted.get();
        if (rules != null) {
            inForce.change(rules);
            wanted.compareAndSet(rules, null);
        }
        projector.run(interval);
    }

    RulesInForce inForce() {
        return inForce;
    }

    /**
     * Has all stored series chosen again by the rules in force, and computes everything again that stored samples of a range
     * of time decide.
     *
     * @param configured rules that are to be in force instead, empty for those of the daemon that started last
     * @param from inclusive
     * @param to exclusive
     * @return the names of the rules
     * @throws ConfigException there are no rules in force
     */
    public static List<String> rebuild(
            DataSource database, Optional<Rules> configured, Metrics metrics, Instant from, Instant to)
            throws SQLException {
        Rules rules = configured.isPresent() ? configured.get() : inForce(database);
        RulesInForce inForce = new RulesInForce(database, rules, RuleStore.Choosing.ALL, metrics);
        new Projector(database, InstantSource.system(), inForce, metrics).rebuild(from, to);
        return rules.rules().stream().map(Rule::name).toList();
    }

    private static Rules inForce(DataSource database) throws SQLException {
        return RuleFiles.ofText(RuleStore.inForce(database)
                .orElseThrow(
                        () -> new ConfigException("no rules are in force in this database: no daemon has started there"
                                + " with energy.enabled; --rules-of-config puts those of the configuration in force")));
    }

    /** Whether these rules are others than those of the daemon that started last. */
    public static boolean differFromInForce(DataSource database, Rules rules) throws SQLException {
        return RuleStore.inForce(database)
                .filter(text -> !text.equals(RulesText.of(rules)))
                .isPresent();
    }
}
