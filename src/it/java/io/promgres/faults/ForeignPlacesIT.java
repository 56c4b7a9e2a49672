package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.config.DatabaseUri;
import io.promgres.config.HostPort;
import io.promgres.testing.Await;
import io.promgres.testing.OwnServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sender;
import io.promgres.testing.Sql;
import io.promgres.testing.StoredSamples;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The database is not any more what a running daemon remembers of it: no sample reaches another series' place. */
@TestInstance(Lifecycle.PER_CLASS)
class ForeignPlacesIT {

    private static final int SERIES = 5;

    @TempDir
    private static Path directory;

    private final long now = System.currentTimeMillis();
    private OwnServer server;

    @BeforeAll
    void start() throws Exception {
        server = new OwnServer(OwnServer.directory(directory, "primary"), Map.of());
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @Test
    void anAsynchronousStandbyThatLacksSeriesGetsThemAnew() throws Exception {
        try (OwnServer primary = new OwnServer(OwnServer.directory(directory, "lossy"), Map.of());
                OwnServer standby = primary.standby(OwnServer.directory(directory, "standby"));
                RunningDaemon daemon = RunningDaemon.on(both(standby, primary))) {
            store(daemon.sender(), series("base", 0));
            try (Connection superuser = TestDatabase.connect(primary.superuser());
                    Connection behind = TestDatabase.connect(standby.superuser())) {
                Sql.execute(superuser, "ALTER SYSTEM RESET synchronous_standby_names");
                Sql.rows(superuser, "SELECT pg_reload_conf()");
                Await.until(
                        "nobody waits for the standby",
                        () -> Sql.value(superuser, "SHOW synchronous_standby_names")
                                .isEmpty());
                String written = Sql.value(superuser, "SELECT pg_current_wal_lsn()");
                Await.until(
                        "the standby has it",
                        () -> Sql.value(behind, "SELECT pg_last_wal_replay_lsn() >= '" + written + "'")
                                .equals("t"));
                // A lag of a moment, in which the primary dies.
                Sql.execute(behind, "ALTER SYSTEM SET primary_conninfo = ''");
                Sql.rows(behind, "SELECT pg_reload_conf()");
                Await.until(
                        "the standby follows nobody",
                        () -> Sql.value(superuser, "SELECT count(*) FROM pg_stat_replication")
                                .equals("0"));
            }
            store(daemon.sender(), series("lost", 1));
            primary.kill();
            standby.promote();

            Set<TestSample> expected = new HashSet<>(series("base", 0));
            compareAfterwards(daemon, standby.uri(), expected);
        }
    }

    @Test
    void aRestoredDatabaseGetsAnewWhatItLacks() throws Exception {
        database("restored");
        try (RunningDaemon daemon = RunningDaemon.on(of("restored"))) {
            store(daemon.sender(), series("base", 0));
            cut("restored");
            execute("CREATE DATABASE backup TEMPLATE restored OWNER "
                    + server.uri().user());
            allow("restored");
            store(daemon.sender(), series("lost", 1));
            cut("restored");
            execute(
                    "DROP DATABASE restored",
                    "CREATE DATABASE restored TEMPLATE backup OWNER "
                            + server.uri().user());

            compareAfterwards(daemon, of("restored"), new HashSet<>(series("base", 0)));
        }
    }

    @Test
    void aDatabaseThatWasDroppedAndMadeAgainGetsEverythingAnew() throws Exception {
        database("created");
        try (RunningDaemon daemon = RunningDaemon.on(of("created"))) {
            store(daemon.sender(), series("lost", 1));
            cut("created");
            execute("DROP DATABASE created");
            database("created");
            RunningDaemon.on(of("created")).close();

            compareAfterwards(daemon, of("created"), new HashSet<>());
        }
    }

    @Test
    void aDatabaseFromBeforeARemovalHasTheRemovedSeriesInTheirPlaces() throws Exception {
        database("before");
        try (RunningDaemon daemon = RunningDaemon.on(of("before"))) {
            store(daemon.sender(), series("old", 0));
            daemon.awaitViews();
            cut("before");
            execute("CREATE DATABASE earlier TEMPLATE before OWNER "
                    + server.uri().user());
            allow("before");
            try (Connection owner = TestDatabase.connect(of("before"))) {
                removeAndFree(owner, "old_0", "11 min");
            }
            store(daemon.sender(), series("lost", 1));
            cut("before");
            execute(
                    "DROP DATABASE before",
                    "CREATE DATABASE before TEMPLATE earlier OWNER "
                            + server.uri().user());

            compareAfterwards(daemon, of("before"), new HashSet<>(series("old", 0)));
        }
    }

    @Test
    void aDaemonThatSleptForLongerThanRemovalsAreToldForgetsEverything() throws Exception {
        database("slept");
        try (RunningDaemon asleep = RunningDaemon.on(of("slept"));
                RunningDaemon awake = RunningDaemon.on(of("slept"));
                Connection owner = TestDatabase.connect(of("slept"))) {
            store(asleep.sender(), List.of(sample("ex", 0)));
            asleep.awaitViews();
            removeAndFree(owner, "ex", "8 days");
            Sql.rows(owner, "SELECT _prom_catalog.free_places('10 min')");
            assertThat(Sql.value(owner, "SELECT count(*) FROM _prom_catalog.removed_series"))
                    .isEqualTo("0");
            String place = Sql.value(owner, "SELECT max(id) FROM _prom_catalog.series_group");
            store(awake.sender(), List.of(sample("why", 1)));
            store(asleep.sender(), List.of(sample("ex", 2)));
            assertThat(place).isNotNull();
            assertThat(stored(of("slept"))).containsExactlyInAnyOrder(sample("why", 1), sample("ex", 2));
        }
    }

    @Test
    void aDatabaseThatNobodyHasChangedForALongTimeTakesSamplesAsBefore() throws Exception {
        database("quiet");
        try (RunningDaemon daemon = RunningDaemon.on(of("quiet"));
                Connection owner = TestDatabase.connect(of("quiet"))) {
            store(daemon.sender(), series("base", 0));
            String epoch = "SELECT max(epoch) FROM _prom_catalog.place_epoch";
            String before = Sql.value(owner, epoch);
            Sql.execute(owner, "UPDATE _prom_catalog.place_epoch SET made_at = now() - interval '400 days'");

            store(daemon.sender(), series("base", 1));
            assertThat(Sql.value(owner, epoch)).isEqualTo(before);

            Set<TestSample> expected = new HashSet<>(series("base", 0));
            expected.addAll(series("base", 1));
            assertThat(stored(of("quiet"))).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void thePlaceOfADaemonThatWasStoppedWithinAWriteIsNotGivenAway() throws Exception {
        database("stopped");
        try (RunningDaemon running = RunningDaemon.on(of("stopped"));
                PackagedDaemon stopped = PackagedDaemon.start(
                        Files.createDirectory(directory.resolve("stopped-daemon")),
                        0,
                        Map.of("PROMGRES_DB", of("stopped").psql()));
                Connection owner = TestDatabase.connect(of("stopped"));
                Connection blocker = TestDatabase.connect(of("stopped"))) {
            store(stopped.sender(), List.of(sample("zed", 0)));
            running.awaitViews();
            String partition = Sql.value(
                    owner, "SELECT name FROM _prom_catalog.landing_partition WHERE lower <= now() AND upper > now()");
            blocker.setAutoCommit(false);
            Sql.execute(blocker, "LOCK TABLE _prom_landing.\"" + partition + "\" IN SHARE MODE");
            Thread write = new Thread(() -> send(stopped.sender(), sample("zed", 1)));
            write.start();
            Await.until(
                    "the write waits within its transaction",
                    () -> !Sql.value(
                                    owner,
                                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'RowExclusiveLock'")
                            .equals("0"));
            signal("STOP", stopped.pid());
            blocker.rollback();
            Sql.rows(
                    owner,
                    "SELECT prom_api.delete_series_from_metric('zed', (SELECT array_agg(series_id) FROM prom_series.zed))");
            Sql.execute(owner, "UPDATE _prom_catalog.removed_series SET removed_at = now() - interval '11 min'");
            assertThat(Sql.value(owner, "SELECT _prom_catalog.free_places('10 min')"))
                    .isEqualTo("0");
            store(running.sender(), List.of(sample("yps", 2)));
            signal("CONT", stopped.pid());
            write.join();
            store(running.sender(), List.of(sample("yps", 3)));

            assertThat(stored(of("stopped"))).containsExactlyInAnyOrder(sample("yps", 2), sample("yps", 3));
        }
    }

    /** What comes after the event is stored, what the database had before is there, and nothing else. */
    private void compareAfterwards(RunningDaemon daemon, DatabaseUri database, Set<TestSample> expected)
            throws Exception {
        for (int round = 2; round < 5; round++) {
            // New ones first: they are given the places that the lost ones had.
            for (String metric : round == 2 ? List.of("lost", "new") : List.of("new", "base", "lost")) {
                List<TestSample> samples = series(metric, round);
                store(daemon.sender(), samples);
                expected.addAll(samples);
            }
        }
        List<TestSample> stored = stored(database);
        assertThat(stored).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static List<TestSample> stored(DatabaseUri database) throws Exception {
        try (Connection reader = TestDatabase.connect(database)) {
            Await.views(reader);
            return StoredSamples.all(reader);
        }
    }

    private static void removeAndFree(Connection owner, String metric, String ago) throws Exception {
        Sql.rows(
                owner,
                "SELECT prom_api.delete_series_from_metric('" + metric
                        + "', (SELECT array_agg(series_id) FROM prom_series." + metric + "))");
        Sql.execute(owner, "UPDATE _prom_catalog.removed_series SET removed_at = now() - interval '" + ago + "'");
        Sql.execute(owner, "UPDATE _prom_catalog.place_epoch SET made_at = now() - interval '" + ago + "'");
        assertThat(Sql.value(owner, "SELECT _prom_catalog.free_places('10 min')"))
                .isEqualTo("1");
    }

    private List<TestSample> series(String metric, int second) {
        List<TestSample> samples = new ArrayList<>();
        for (int n = 0; n < SERIES; n++) {
            samples.add(sample(metric + "_" + n, second));
        }
        return samples;
    }

    private TestSample sample(String metric, int second) {
        return TestSample.of(metric, now + second * 1_000L, second, "job", "j", "instance", "i1:9100");
    }

    private static void send(Sender sender, TestSample sample) {
        try {
            sender.send(sample);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends until it is acknowledged, as Prometheus does. */
    private static void store(Sender sender, List<TestSample> samples) throws Exception {
        Await.until("it is acknowledged", () -> {
            HttpResponse<String> response = sender.send(samples);
            assertThat(response.statusCode()).as(response.body()).isIn(204, 503);
            return response.statusCode() == 204;
        });
    }

    private static void signal(String signal, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, "" + pid).start().waitFor())
                .isZero();
    }

    private void database(String name) throws Exception {
        execute("CREATE DATABASE " + name + " OWNER " + server.uri().user());
    }

    /** Ends all sessions of a database and lets none in. */
    private void cut(String name) throws Exception {
        execute(
                "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false",
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + name + "'");
    }

    private void allow(String name) throws Exception {
        execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
    }

    private void execute(String... statements) throws Exception {
        try (Connection superuser = TestDatabase.connect(server.superuser())) {
            for (String sql : statements) {
                Sql.execute(superuser, sql);
            }
        }
    }

    private DatabaseUri of(String database) {
        DatabaseUri uri = server.uri();
        return new DatabaseUri(uri.hosts(), database, uri.user(), uri.password(), Map.of());
    }

    /** The one that is not the primary first. */
    private static DatabaseUri both(OwnServer standby, OwnServer primary) {
        DatabaseUri uri = primary.uri();
        List<HostPort> hosts = List.of(standby.uri().hosts().get(0), uri.hosts().get(0));
        return new DatabaseUri(hosts, uri.database(), uri.user(), uri.password(), Map.of());
    }
}
