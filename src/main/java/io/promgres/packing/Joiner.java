package io.promgres.packing;

import io.promgres.observe.FailureLog;
import io.promgres.store.Buckets;
import io.promgres.store.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Joins the packed blocks of a day that is over to longer ones, then those of a week where samples are sparse: fewer rows and index
 * entries for the same samples. Which blocks: {@link JoinPlan}.
 *
 * <p>A unit is a transaction that takes the runs of some series out, writes them anew, reads them back and compares, as the
 * packer does with what comes late. It has packed runs for itself meanwhile: {@link JoinLock}. One that fails leaves
 * everything as it was. For the maintenance thread.
 */
public final class Joiner {

    private static final Logger LOG = LoggerFactory.getLogger(Joiner.class);

    /** By level, from 1 on. */
    static final List<Duration> PERIODS = List.of(Duration.ofDays(1), Duration.ofDays(7));

    /** What comes late for a joined period is joined with it so seldom. */
    private static final long PAUSE_NANOS = TimeUnit.HOURS.toNanos(6);

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(5);

    private record Trial(long newest, boolean done, long nanos) {

        boolean isResting() {
            return done && System.nanoTime() - nanos < PAUSE_NANOS;
        }
    }

    private final DataSource database;
    private final Duration block;
    private final Duration rest;
    private final UnitFailures failures;
    private final Packer.Pause pause;
    private final JoinStore store;
    private final Buckets buckets = new Buckets();
    private final PackedViews views;
    private final Map<JoinPeriod.Key, Trial> trials = new HashMap<>();

    /**
     * @param block length of a block where the database has no setting
     * @param rest how long a period has been over before its blocks are joined
     */
    public Joiner(DataSource database, Duration block, Duration rest, Packer.Listener listener, Packer.Pause pause) {
        this.database = database;
        this.block = block;
        this.rest = rest;
        this.failures = new UnitFailures(
                new FailureLog(LOG, Level.WARN, "a unit of packed blocks was not joined, it stays as it was"),
                new FailureLog(
                        LOG, Level.ERROR, "a unit of joined blocks did not read back as written, it stays as it was"),
                listener);
        this.pause = pause;
        this.store = new JoinStore(database);
        this.views = new PackedViews(database);
    }

    /**
     * Joins what is old enough, or as much of it as can be done within minutes.
     *
     * @param all whether to take the time that it takes, and to join also what may still change: what has come late since the last look
     * @return the number of samples in the blocks that were joined
     */
    public long join(boolean all) throws SQLException, InterruptedException {
        long blockMillis = UnitMetrics.blockMillis(database, block);
        // What closes meanwhile waits to be packed.
        long deadline = System.nanoTime() + (all ? Long.MAX_VALUE / 2 : LONGEST_NANOS);
        long samples = 0;
        for (int level = 1; level <= PERIODS.size(); level++) {
            for (JoinPeriod period : store.periods(level, PERIODS.get(level - 1), rest)) {
                if (System.nanoTime() - deadline < 0 && (all || isDue(period))) {
                    samples += join(period, blockMillis, deadline);
                }
            }
        }
        return samples;
    }

    /** An import that is under way is let go on: two looks have to find the same. */
    private boolean isDue(JoinPeriod period) {
        Trial last = trials.get(period.key());
        if (last != null && last.isResting()) {
            return false;
        }
        trials.put(period.key(), new Trial(period.newest(), false, System.nanoTime()));
        return last != null && last.newest() == period.newest();
    }

    private long join(JoinPeriod period, long blockMillis, long deadline) throws SQLException, InterruptedException {
        long begin = System.nanoTime();
        List<JoinStore.Metric> metrics = store.metrics(period);
        long samples = 0;
        boolean whole = true;
        for (JoinUnit unit : store.units(period, metrics, blockMillis)) {
            if (System.nanoTime() - deadline > 0) {
                whole = false;
                break;
            }
            for (long from = period.start(); from < period.end(); from += unit.spanMillis()) {
                long joined = joinUnit(period, unit, from);
                samples += Math.max(joined, 0);
                whole &= joined >= 0;
            }
        }
        if (whole) {
            store.finish(period, metrics);
            trials.put(period.key(), new Trial(period.newest(), true, System.nanoTime()));
        }
        if (samples > 0) {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            LOG.info(
                    "joined {} packed samples from {} on in {} ms",
                    samples,
                    Instant.ofEpochMilli(period.start()),
                    millis);
        }
        return samples;
    }

    /** The number of samples; negative if it was not joined. */
    private long joinUnit(JoinPeriod period, JoinUnit unit, long from) throws InterruptedException {
        long begin = System.nanoTime();
        long samples = -1;
        try {
            samples = views.withHoles(holes -> join(period, unit, from, holes));
        } catch (SQLException e) {
            if (unit.canBeHalved() && SqlErrors.isTooMuchAtOnce(e)) {
                List<JoinUnit> halves = unit.halves();
                long first = joinUnit(period, halves.get(0), from);
                long second = joinUnit(period, halves.get(1), from);
                return Math.min(first, second) < 0 ? -1 : first + second;
            }
            failures.failed(e);
        } catch (PackingMismatchException | RuntimeException e) {
            failures.failed(e);
        }
        pause.between(Duration.ofNanos(System.nanoTime() - begin));
        return samples;
    }

    private long join(JoinPeriod period, JoinUnit unit, long from, boolean holes)
            throws SQLException, PackingMismatchException, OutdatedViewException {
        long to = from + unit.spanMillis();
        try (Connection connection = database.getConnection()) {
            if (!JoinStore.isFresh(connection, period, from, to)) {
                return 0;
            }
            connection.setAutoCommit(false);
            try {
                if (!JoinLock.take(connection)) {
                    LOG.debug("other transactions change packed samples: nothing is joined until the next pass");
                    return -1;
                }
                LandingUnit series = LandingUnit.ofPacked(unit.targets());
                Map<Integer, PackingUnit.Metric> metrics = UnitMetrics.of(connection, series, unit.spanMillis());
                series.series().keySet().removeIf(one -> !metrics.containsKey(one.metricId()));
                PackedStore packed = new PackedStore(connection, buckets.used(connection));
                PackingUnit joined = new PackingUnit(packed, series, metrics, holes, period.level());
                joined.pack(from, to);
                connection.commit();
                return joined.samples();
            } catch (SQLException | PackingMismatchException | OutdatedViewException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }
}
