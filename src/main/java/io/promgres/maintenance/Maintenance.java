package io.promgres.maintenance;

import io.promgres.config.Config;
import io.promgres.maintenance.JobStore.JobType;
import io.promgres.maintenance.JobStore.Schedule;
import io.promgres.observe.Metrics;
import io.promgres.packing.Joiner;
import io.promgres.packing.Packer;
import io.promgres.rollup.RollupUpkeep;
import io.promgres.rollup.Rollups;
import io.promgres.store.DatabaseClock;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keeps the store small: packing closed blocks, deleting expired ones. Done by the leader among the daemons, in
 * intervals that the database has, or at once on request. For one thread.
 */
public final class Maintenance implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

    // Clocks of machines that ask a time server agree within milliseconds.
    private static final Duration BELIEVED_AHEAD = Duration.ofMinutes(10);

    // Most of what comes late comes within hours.
    private static final Duration JOINED_AFTER = Duration.ofHours(4);

    // What SQL changes of the schedules is in force so long after.
    private static final long ASKED_AGAIN_NANOS = Duration.ofSeconds(5).toNanos();

    private final Leadership leadership;
    private final Packer packer;
    private final Joiner joiner;
    private final RollupUpkeep rollups;
    private final Retention retention;
    private final MaintenanceRequests requests;
    private final JobStore jobs;
    private final Map<JobType, PeriodicJob> periodic = new EnumMap<>(JobType.class);
    private final Metrics metrics;
    private final DatabaseClock clock;
    private final Duration grace;
    private final Map<String, Long> sizes = new HashMap<>();
    private Map<JobType, Schedule> schedules = Map.of();
    private long asked = System.nanoTime() - ASKED_AGAIN_NANOS;
    private long looked = System.nanoTime() - ASKED_AGAIN_NANOS;

    /** Everything that maintenance of a database needs. */
    public static Maintenance of(DataSource database, Config.Storage storage, Metrics metrics, Packer.Pause pause) {
        return new Maintenance(
                new Leadership(database),
                new Packer(database, storage.block(), listener(metrics), pause, new Rollups()),
                new Joiner(database, storage.block(), JOINED_AFTER, listener(metrics), pause),
                new RollupUpkeep(database, storage.rollups().toString()),
                new Retention(database),
                new MaintenanceRequests(database),
                new JobStore(database),
                metrics,
                DatabaseClock.of(database, Clock.systemUTC()),
                storage.grace());
    }

    private static Packer.Listener listener(Metrics metrics) {
        return new Packer.Listener() {
            @Override
            public void packed(long samples, long withoutSeries, Duration duration) {
                metrics.packing().packed(samples, withoutSeries, duration);
            }

            @Override
            public void failed(String reason) {
                metrics.packing().failed();
            }

            @Override
            public void mismatch() {
                metrics.packing().mismatch();
            }
        };
    }

    private Maintenance(
            Leadership leadership,
            Packer packer,
            Joiner joiner,
            RollupUpkeep rollups,
            Retention retention,
            MaintenanceRequests requests,
            JobStore jobs,
            Metrics metrics,
            DatabaseClock clock,
            Duration grace) {
        this.leadership = leadership;
        this.packer = packer;
        this.joiner = joiner;
        this.rollups = rollups;
        this.retention = retention;
        this.requests = requests;
        this.jobs = jobs;
        this.metrics = metrics;
        this.clock = clock;
        this.grace = grace;
        for (JobType type : JobType.values()) {
            periodic.put(type, new PeriodicJob(type, jobs, clock, metrics));
        }
    }

    /**
     * Runs what is due as config_maintenance_jobs() has set it, if this daemon leads. Called each second; while nothing is due by
     * what the database said last, it is asked again after some seconds.
     */
    public void runDue() throws SQLException, InterruptedException {
        if (isKnownToRest() || !leadership.lead()) {
            return;
        }
        schedules = jobs.schedules();
        asked = System.nanoTime();
        boolean fresh = false;
        for (Map.Entry<JobType, Schedule> entry : schedules.entrySet()) {
            PeriodicJob job = periodic.get(entry.getKey());
            if (job.isDue(entry.getValue())) {
                if (!fresh) {
                    // What follows goes by this reading: a leap of the clock meanwhile is not seen before the next one.
                    clock.read();
                    fresh = true;
                }
                job.runOnSchedule(work(entry.getKey(), false), entry.getValue().verbose());
            }
        }
    }

    private boolean isKnownToRest() {
        return System.nanoTime() - asked < ASKED_AGAIN_NANOS
                && schedules.entrySet().stream()
                        .noneMatch(entry -> periodic.get(entry.getKey()).mayBeDue(entry.getValue()));
    }

    /** Keeps the lead while a run takes its time, if it is here. From any thread. */
    public void giveSignOfLife() throws SQLException {
        leadership.giveSignOfLife();
    }

    /**
     * Does what execute_maintenance() has asked for, if this daemon leads. Called each second: the leader hears of a request, so
     * that it looks for one only then, and after some seconds in case that it has not heard.
     */
    public void answerRequests() throws SQLException, InterruptedException {
        if (!leadership.takeCall() && System.nanoTime() - looked < ASKED_AGAIN_NANOS) {
            return;
        }
        looked = System.nanoTime();
        List<MaintenanceRequests.Request> open = requests.open();
        if (!open.isEmpty() && leadership.lead()) {
            clock.read();
            for (MaintenanceRequests.Request request : open) {
                try {
                    run(request.types());
                    requests.finish(request, null);
                } catch (SQLException e) {
                    requests.finish(request, e.getMessage());
                    throw e;
                }
            }
        }
    }

    /**
     * Everything at once.
     *
     * @return false if another daemon leads, and nothing was done
     */
    public boolean runOnce() throws SQLException, InterruptedException {
        if (!leadership.lead()) {
            return false;
        }
        clock.read();
        run(EnumSet.allOf(JobType.class));
        return true;
    }

    private void run(Set<JobType> types) throws SQLException, InterruptedException {
        for (JobType type : types) {
            periodic.get(type).run(work(type, true), false);
        }
    }

    private PeriodicJob.Work work(JobType type, boolean all) {
        return () -> {
            checkClock();
            if (type == JobType.COMPRESSION) {
                pack(all);
            } else {
                retention.apply(clock.instant());
            }
        };
    }

    /** What is closed and what has expired is for the database's clock to say; not while it runs ahead of this machine's. */
    private void checkClock() throws SQLException {
        Duration ahead = clock.ahead();
        if (ahead.compareTo(BELIEVED_AHEAD) > 0) {
            throw new SQLException("the clock of the database is " + ahead.toMinutes()
                    + " minutes ahead of this machine's: nothing is packed or deleted until they agree");
        }
    }

    private void pack(boolean all) throws SQLException, InterruptedException {
        rollups.beforePacking();
        List<Packer.Partition> sealed = packer.seal(grace);
        sizes.keySet().retainAll(sealed.stream().map(Packer.Partition::name).toList());
        for (Packer.Partition partition : sealed) {
            metrics.packing().behind(behind(partition));
            if (all || isSettled(partition)) {
                long begin = System.nanoTime();
                long samples = packer.pack(partition);
                if (samples > 0) {
                    LOG.info(
                            "packed {} samples of block {} in {} ms",
                            samples,
                            partition.name(),
                            (System.nanoTime() - begin) / 1_000_000);
                }
            }
        }
        metrics.packing().behind(0);
        rollups.afterPacking(all);
        joiner.join(all);
    }

    private double behind(Packer.Partition partition) {
        long open = partition.upper() + grace.toMillis();
        return Math.max(0, clock.millis() - open) / 1000.0;
    }

    /**
     * An import that is under way is let go on: its partitions are packed when they have stopped growing. A block that has
     * just closed is packed at once.
     */
    private boolean isSettled(Packer.Partition partition) throws SQLException {
        long size = packer.bytes(partition);
        Long before = sizes.put(partition.name(), size);
        boolean justClosed = before == null && behind(partition) < grace.toSeconds() + 60;
        return justClosed || before != null && before == size;
    }

    @Override
    public void close() {
        leadership.close();
    }
}
