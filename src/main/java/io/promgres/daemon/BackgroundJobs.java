package io.promgres.daemon;

import io.promgres.config.Config;
import io.promgres.config.HostPort;
import io.promgres.ingest.Ingest;
import io.promgres.maintenance.Leadership;
import io.promgres.maintenance.Maintenance;
import io.promgres.observe.Metrics;
import io.promgres.observe.SelfScrape;
import io.promgres.observe.Throughput;
import io.promgres.remotewrite.RemoteWriteReceiver;
import io.promgres.remotewrite.Sender;
import io.promgres.schedule.Scheduler;
import io.promgres.series.KnownMetadata;
import io.promgres.store.Database;
import io.promgres.store.DatabaseClock;
import io.promgres.store.PartitionStore;
import io.promgres.store.RetentionStore;
import io.promgres.store.StoreSize;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the daemon does again and again, beside what it is asked for. */
final class BackgroundJobs {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundJobs.class);
    private static final Duration PARTITIONS_AHEAD = Duration.ofMinutes(1);
    private static final Duration CLOCK = Duration.ofMinutes(1);
    private static final double MILLIS = 1e3;
    private static final Duration STORE_SIZE = Duration.ofMinutes(1);
    private static final Duration STALE_VIEWS = Duration.ofMinutes(1);
    private static final Duration SPARE_HEAP = Duration.ofMinutes(1);
    private static final Duration HOURLY = Duration.ofHours(1);
    // How often the settings of maintenance, and requests for it, are looked at.
    private static final Duration MAINTENANCE = Duration.ofSeconds(1);

    private final Config config;
    private final Metrics metrics;
    private final Database database;
    private final DatabaseClock clock;
    private final Ingest ingest;
    private final Lifecycle parts;

    /** @param parts gets the threads */
    BackgroundJobs(
            Config config, Metrics metrics, Database database, DatabaseClock clock, Ingest ingest, Lifecycle parts) {
        this.config = config;
        this.metrics = metrics;
        this.database = database;
        this.clock = clock;
        this.ingest = ingest;
        this.parts = parts;
    }

    /** Packing and retention, where this daemon leads. */
    void startMaintenance() {
        Maintenance maintenance = parts.add(
                "lead", Maintenance.of(database.background(), config.storage(), metrics, this::restWhileBusy));
        Scheduler scheduler = parts.add("maintenance", new Scheduler("promgres-maintenance", metrics));
        RetentionStore retention =
                new RetentionStore(database.pool(), config.storage().retention());
        scheduler.every(MAINTENANCE, "maintenance", () -> {
            announce(retention);
            maintenance.runDue();
        });
        scheduler.every(MAINTENANCE, "requested maintenance", () -> {
            announce(retention);
            maintenance.answerRequests();
        });
        parts.add("sign of life", new Scheduler("promgres-lead", metrics))
                .every(Leadership.SIGN_OF_LIFE, "lead", maintenance::giveSignOfLife);
    }

    /** Nothing is deleted by another period than the configured one. */
    private static void announce(RetentionStore retention) throws SQLException {
        retention.announce().ifPresent(period -> LOG.info("samples are kept for {}; older ones are deleted", period));
    }

    /** As much rest as work, while there is something to take in. */
    private void restWhileBusy(Duration work) throws InterruptedException {
        if (ingest.isBusy()) {
            Thread.sleep(work.toMillis());
        }
    }

    /** What keeps the store ready for what comes, and the figures about it. */
    Scheduler startHousekeeping(Ingest.Stores stores, KnownMetadata knownMetadata) {
        PartitionStore partitions =
                new PartitionStore(database.pool(), config.storage().block());
        Scheduler scheduler = parts.add("housekeeping", new Scheduler("promgres-housekeeping", metrics));
        scheduler.every(HOURLY, "block length", partitions::announceBlock);
        scheduler.every(CLOCK, "clock", clock::read);
        metrics.showClock(() -> clock.ahead().toMillis() / MILLIS);
        scheduler.every(PARTITIONS_AHEAD, "partitions", () -> partitions.makeAhead(clock.instant()));
        scheduler.every(
                STALE_VIEWS, "views", () -> ingest.makeViews(stores.views().stale()));
        scheduler.every(STALE_VIEWS, "view comments", stores.metadata()::commentViews);
        scheduler.every(HOURLY, "metadata seen", knownMetadata::clear);
        scheduler.every(SPARE_HEAP, "spare heap", new SpareHeap()::giveBack);
        startObserving(scheduler);
        return scheduler;
    }

    private void startObserving(Scheduler scheduler) {
        StoreSize size = new StoreSize(database.background());
        metrics.showStored(size::last);
        scheduler.every(STORE_SIZE, "store size", size::refresh);
        Duration interval = config.log().throughputInterval();
        if (!interval.isZero()) {
            Throughput throughput = metrics.throughput(ingest::pending);
            scheduler.every(interval, "throughput", throughput::log);
        }
    }

    /**
     * Stores the daemon's own metrics.
     *
     * @param instance the label of that name
     */
    void startSelfMonitoring(Scheduler scheduler, RemoteWriteReceiver remoteWrite, HostPort instance) {
        Duration interval = config.selfMonitoring().interval();
        if (!interval.isZero()) {
            SelfScrape scrape = new SelfScrape(metrics.registry().getPrometheusRegistry());
            SelfMonitor monitor = new SelfMonitor(scrape, remoteWrite.from(Sender.ITSELF), clock, instance.toString());
            scheduler.every(interval, "self-monitoring", monitor::scrape);
        }
    }
}
