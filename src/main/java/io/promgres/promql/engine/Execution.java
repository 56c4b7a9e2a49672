package io.promgres.promql.engine;

import io.promgres.promql.data.QueryException;
import io.promgres.promql.data.SampleSource;
import java.util.function.BooleanSupplier;

/** One query under way: its source, its limits, what it has found, and whether it may go on. Used by one thread. */
final class Execution {

    private static final long SAMPLES_BETWEEN_CHECKS = 1 << 16;

    final SampleSource source;
    final EngineOptions options;
    final Annotations annotations = new Annotations();
    private final BooleanSupplier canceled;
    private final long deadline;
    private long samples;
    private long lookedAt;
    private int statistics;
    private int buckets;

    Execution(SampleSource source, EngineOptions options, BooleanSupplier canceled) {
        this.source = source;
        this.options = options;
        this.canceled = canceled;
        this.deadline = System.nanoTime() + options.timeoutMillis() * 1_000_000;
    }

    /**
     * A call begins, or ends, that looks at count and sum of histograms only, or at their buckets.
     *
     * @param change 1 or -1
     */
    void inStatistics(int change) {
        statistics += change;
    }

    void inBuckets(int change) {
        buckets += change;
    }

    /** Whether all that is under evaluation needs counts and sums of histograms only, in which case a reset is told. */
    boolean wantsStatistics() {
        return statistics > 0 && buckets == 0;
    }

    /**
     * So many samples are looked at, which may be the same as before: windows overlap.
     *
     * @throws QueryException as {@link #check}, which is called now and then
     */
    void work(int looked) {
        lookedAt += looked;
        if (lookedAt >= SAMPLES_BETWEEN_CHECKS) {
            lookedAt = 0;
            check();
        }
    }

    /** @throws QueryException if the query was canceled or has taken too long */
    void check() {
        if (canceled.getAsBoolean()) {
            throw new QueryException(QueryException.Type.CANCELED, "query was canceled in expression evaluation");
        }
        if (System.nanoTime() - deadline > 0) {
            throw new QueryException(QueryException.Type.TIMEOUT, "query timed out in expression evaluation");
        }
    }

    /** @throws QueryException if there are more samples in memory then than a query may have */
    void hold(long more) {
        samples += more;
        if (samples > options.maxSamples()) {
            throw QueryException.tooManySamples(options.maxSamples());
        }
    }

    void release(long fewer) {
        samples -= fewer;
    }
}
