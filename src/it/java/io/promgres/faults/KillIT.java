package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.SteadyLoad;
import io.promgres.testing.SteadySender;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon goes in mid-write, by SIGKILL or SIGTERM: what it acknowledged is there, once. */
@AnyServer
class KillIT {

    private static final int SENDERS = 4;

    @TempDir
    private Path directory;

    @Test
    void afterSigkillEveryAcknowledgedSampleIsThereOnceAndTheRestCanBeSentAgain() throws Exception {
        PackagedDaemon killed = PackagedDaemon.start(directory);
        try (SteadyLoad load = SteadyLoad.untilGone(SENDERS, killed.sender())) {
            load.awaitProgress();
            killed.kill();
            load.awaitEnd();

            try (PackagedDaemon restarted = PackagedDaemon.start(directory)) {
                load.assertStored(restarted.stored());
                List<TestSample> all = new ArrayList<>();
                for (SteadySender sender : load.senders()) {
                    // Again what was under way, and the last one that had arrived.
                    for (int scrape = sender.acknowledged() - 1; scrape <= sender.acknowledged(); scrape++) {
                        assertThat(restarted
                                        .sender()
                                        .send(sender.scrape(scrape))
                                        .statusCode())
                                .isEqualTo(204);
                    }
                    all.addAll(sender.acknowledgedSamples());
                    all.addAll(sender.scrape(sender.acknowledged()));
                }
                List<TestSample> stored = restarted.stored();
                assertThat(stored).hasSameSizeAs(all);
                assertThat(new HashSet<>(stored)).isEqualTo(new HashSet<>(all));
                assertThat(restarted.stop()).isZero();
            }
        }
    }

    @Test
    void sigtermInMidWriteFinishesWhatWasAcceptedAndExitsWith0() throws Exception {
        PackagedDaemon stopped = PackagedDaemon.start(directory);
        try (SteadyLoad load = SteadyLoad.untilGone(SENDERS, stopped.sender())) {
            load.awaitProgress();
            assertThat(stopped.stop()).isZero();
            load.awaitEnd();

            assertThat(directory.resolve("data/cluster/postmaster.pid")).doesNotExist();
            try (PackagedDaemon restarted = PackagedDaemon.start(directory)) {
                load.assertStored(restarted.stored());
            }
        }
    }
}
