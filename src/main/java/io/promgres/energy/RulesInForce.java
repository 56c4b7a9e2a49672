package io.promgres.energy;

import io.promgres.model.LabelSet;
import io.promgres.model.LandingRows;
import io.promgres.observe.Metrics;
import io.promgres.store.WriteObserver;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rules that this daemon counts by. They may change while samples come; one thread at a time changes them. */
final class RulesInForce implements WriteObserver {

    private static final Logger LOG = LoggerFactory.getLogger(RulesInForce.class);

    private final DataSource database;
    private final Metrics metrics;
    private volatile List<RuleMatcher> matchers;
    private String text;

    /**
     * Makes these rules the ones in force.
     *
     * @param choosing which rules choose their stored series again
     * @throws SQLException if the database does not take the rules
     */
    RulesInForce(DataSource database, Rules rules, RuleStore.Choosing choosing, Metrics metrics) throws SQLException {
        this.database = database;
        this.metrics = metrics;
        SourceStore sources = new SourceStore(database, rules);
        RuleStore store = new RuleStore(database, rules, sources);
        matchers = List.of(new RuleMatcher(sources, rules, store.save(choosing), metrics));
        text = RulesText.of(rules);
    }

    /**
     * Makes other rules the ones in force, if they are others.
     *
     * @throws SQLException this daemon goes on with the old ones, and may be told again
     */
    void change(Rules rules) throws SQLException {
        if (RulesText.of(rules).equals(text)) {
            return;
        }
        SourceStore sources = new SourceStore(database, rules);
        RuleStore store = new RuleStore(database, rules, sources);
        RuleMatcher old = matchers.get(0);
        RuleMatcher next = new RuleMatcher(sources, rules, store.save(RuleStore.Choosing.CHANGED), metrics);
        // From here on both are told: a series is either stored by now, or next is told of it.
        matchers = List.of(old, next);
        boolean knows = false;
        try {
            next.knowStored();
            knows = true;
        } finally {
            matchers = List.of(knows ? next : old);
        }
        // What rules that are gone have chosen meanwhile goes too.
        store.save(RuleStore.Choosing.CHANGED);
        text = RulesText.of(rules);
        LOG.info(
                "energy counts by other rules: {}",
                rules.rules().stream().map(Rule::name).collect(Collectors.joining(", ")));
    }

    /** See {@link RuleMatcher#adopt}. */
    void adopt() throws SQLException {
        for (RuleMatcher matcher : matchers) {
            matcher.adopt();
        }
    }

    @Override
    public void interned(List<LabelSet> series, long[] addresses) throws SQLException {
        for (RuleMatcher matcher : matchers) {
            matcher.interned(series, addresses);
        }
    }

    @Override
    public void written(Connection connection, LandingRows rows, LongPredicate times) throws SQLException {
        for (RuleMatcher matcher : matchers) {
            matcher.written(connection, rows, times);
        }
    }
}
