package io.promgres.energy;

import io.promgres.observe.Metrics;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/** The buckets of rules that one flush touches. Not thread-safe. */
final class DirtyBuckets {

    private record Bucket(int ruleId, long start) {}

    private final Metrics metrics;
    private final Set<Bucket> buckets = new HashSet<>();

    DirtyBuckets(Metrics metrics) {
        this.metrics = metrics;
    }

    /** @param time of a sample, milliseconds since the epoch */
    void add(int ruleId, Rule rule, long time) {
        long length = rule.bucket().toMillis();
        // As _energy.lag_of(): a window ends at its sample's time.
        long lag = rule.kind() == Kind.WINDOW ? 1 : 0;
        buckets.add(new Bucket(ruleId, Math.floorDiv(time - lag, length) * length));
    }

    void skipped(Rule rule, SkipReason why) {
        metrics.energySampleSkipped(rule.name(), why.toString());
    }

    /**
     * Touches the buckets, but for those that a row touches already which the projector has not taken. The flush's samples are
     * written before: so the projector either sees them, or sees that the flush has not ended.
     */
    void write(Connection connection) throws SQLException {
        if (buckets.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO _energy.touched (rule_id, bucket)
                SELECT u.rule_id, timestamptz '1970-01-01 00:00:00+00' + u.start * interval '1 millisecond'
                FROM unnest(?::int[], ?::bigint[]) u(rule_id, start)
                WHERE NOT EXISTS (
                    SELECT FROM _energy.touched t
                    WHERE t.rule_id = u.rule_id AND t.taken IS NULL
                      AND t.bucket = timestamptz '1970-01-01 00:00:00+00' + u.start * interval '1 millisecond')""")) {
            insert.setArray(
                    1,
                    connection.createArrayOf(
                            "int4", buckets.stream().map(Bucket::ruleId).toArray()));
            insert.setArray(
                    2,
                    connection.createArrayOf(
                            "int8", buckets.stream().map(Bucket::start).toArray()));
            insert.execute();
        }
    }
}
