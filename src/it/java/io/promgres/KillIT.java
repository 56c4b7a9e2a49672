package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Sent;
import io.promgres.testing.SteadySender;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon goes in mid-write, by SIGKILL or SIGTERM: what it acknowledged is there, once. */
class KillIT {

    private static final long BEGIN = Instant.now().toEpochMilli() - 3_600_000;
    private static final int SENDERS = 4;
    private static final int ENOUGH_SCRAPES = 25;

    @TempDir
    private Path directory;

    private final ExecutorService threads = Executors.newFixedThreadPool(SENDERS);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void afterSigkillEveryAcknowledgedSampleIsThereOnceAndTheRestCanBeSentAgain() throws Exception {
        PackagedDaemon killed = PackagedDaemon.start(directory);
        List<SteadySender> senders = sendUntilGone(killed, killed::kill);

        try (PackagedDaemon restarted = PackagedDaemon.start(directory)) {
            assertAcknowledgedIsStored(senders, restarted.stored());
            List<Sent> all = new ArrayList<>();
            for (SteadySender sender : senders) {
                // Again what was under way, and the last one that had arrived.
                for (int scrape = sender.acknowledged() - 1; scrape <= sender.acknowledged(); scrape++) {
                    assertThat(restarted.sender().send(sender.scrape(scrape)).statusCode())
                            .isEqualTo(204);
                }
                all.addAll(sender.acknowledgedSamples());
                all.addAll(sender.scrape(sender.acknowledged()));
            }
            List<Sent> stored = restarted.stored();
            assertThat(stored).hasSameSizeAs(all);
            assertThat(new HashSet<>(stored)).isEqualTo(new HashSet<>(all));
            assertThat(restarted.stop()).isZero();
        }
    }

    @Test
    void sigtermInMidWriteFinishesWhatWasAcceptedAndExitsWith0() throws Exception {
        PackagedDaemon stopped = PackagedDaemon.start(directory);
        List<SteadySender> senders =
                sendUntilGone(stopped, () -> assertThat(stopped.stop()).isZero());

        assertThat(directory.resolve("data/cluster/postmaster.pid")).doesNotExist();
        try (PackagedDaemon restarted = PackagedDaemon.start(directory)) {
            assertAcknowledgedIsStored(senders, restarted.stored());
        }
    }

    private interface End {
        void come() throws Exception;
    }

    /** Sends from several threads, and ends the daemon when all of them are well on their way. */
    private List<SteadySender> sendUntilGone(PackagedDaemon daemon, End end) throws Exception {
        List<SteadySender> senders = new ArrayList<>();
        for (int number = 0; number < SENDERS; number++) {
            senders.add(new SteadySender(daemon.sender(), number, BEGIN, false));
        }
        senders.forEach(threads::execute);
        Await.until(
                "every sender is under way", () -> senders.stream().allMatch(s -> s.acknowledged() > ENOUGH_SCRAPES));
        end.come();
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(senders).allMatch(sender -> sender.problem() == null);
        return senders;
    }

    /** What is stored is what was acknowledged, and perhaps what was under way; nothing twice. */
    private static void assertAcknowledgedIsStored(List<SteadySender> senders, List<Sent> stored) {
        Set<Sent> distinct = new HashSet<>(stored);
        assertThat(distinct).hasSameSizeAs(stored);
        for (SteadySender sender : senders) {
            assertThat(distinct.containsAll(sender.acknowledgedSamples())).isTrue();
            distinct.removeAll(new HashSet<>(sender.acknowledgedSamples()));
            distinct.removeAll(new HashSet<>(sender.scrape(sender.acknowledged())));
        }
        assertThat(distinct).isEmpty();
    }
}
