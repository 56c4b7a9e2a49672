package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Sender;
import io.promgres.testing.Sql;
import io.promgres.testing.WriteBody;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native histograms and exemplars when the daemon and its database go by SIGKILL: what was acknowledged is there, once. */
@AnyServer
class RareKindsKillIT {

    private static final int SENDERS = 3;
    private static final int SCRAPES_BEFORE_THE_KILL = 40;
    private static final long BEGIN = System.currentTimeMillis() - 3_600_000;

    @TempDir
    private Path directory;

    @Test
    void afterSigkillEveryAcknowledgedHistogramAndExemplarIsThereOnceAndTheRestCanBeSentAgain() throws Exception {
        PackagedDaemon killed = PackagedDaemon.start(directory);
        List<Target> targets = IntStream.range(0, SENDERS)
                .mapToObj(number -> new Target(killed.sender(), number))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(SENDERS);
        try {
            targets.forEach(threads::execute);
            Await.until(
                    "every sender goes on",
                    () -> targets.stream().allMatch(target -> target.acknowledged > SCRAPES_BEFORE_THE_KILL));
            killed.kill();
            threads.shutdown();
            assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            threads.shutdownNow();
        }
        assertThat(targets).allMatch(target -> target.problem == null);
        try (PackagedDaemon restarted = PackagedDaemon.start(directory)) {
            // Again what had arrived, and what was under way.
            for (Target target : targets) {
                assertThat(target.deliver(restarted.sender(), target.acknowledged - 1))
                        .isEqualTo(204);
                assertThat(target.deliver(restarted.sender(), target.acknowledged))
                        .isEqualTo(204);
            }
            List<String> expected = new ArrayList<>();
            targets.forEach(target -> expected.addAll(target.stored()));
            try (Connection connection = restarted.connect()) {
                Await.views(connection);
                assertThat(Sql.rows(connection, """
                                SELECT prom_api.val(instance_id), (extract(epoch FROM time) * 1000)::bigint, count, sum
                                FROM prom_histogram.steady_seconds""")).containsExactlyInAnyOrderElementsOf(expected);
                assertThat(Sql.rows(connection, """
                                SELECT jsonb(labels)->>'instance', (extract(epoch FROM time) * 1000)::bigint,
                                       exemplar_labels->>'trace_id', value
                                FROM prom_exemplar.steady_seconds""")).containsExactlyInAnyOrderElementsOf(expected);
            }
        }
    }

    /** Sends scrape after scrape until the daemon is gone, and remembers what was acknowledged. */
    private static final class Target implements Runnable {
        private final Sender sender;
        private final int number;
        private volatile int acknowledged;
        private volatile String problem;

        Target(Sender sender, int number) {
            this.sender = sender;
            this.number = number;
        }

        @Override
        public void run() {
            try {
                while (problem == null) {
                    int status = deliver(sender, acknowledged);
                    if (status == 204) {
                        acknowledged++;
                    } else if (status != 503) {
                        problem = "answered " + status;
                    }
                }
            } catch (IOException | InterruptedException e) {
                // The daemon is gone.
            }
        }

        int deliver(Sender to, int scrape) throws IOException, InterruptedException {
            HttpResponse<String> answer = to.post(WriteBody.compress(WriteRequest.newBuilder()
                    .addTimeseries(series(scrape))
                    .build()
                    .toByteArray()));
            return answer.statusCode();
        }

        private Types.TimeSeries series(int scrape) {
            long time = BEGIN + scrape * 10L;
            return Types.TimeSeries.newBuilder()
                    .addLabels(label("__name__", "steady_seconds"))
                    .addLabels(label("instance", "target-" + number))
                    .addLabels(label("job", "steady"))
                    .addHistograms(Types.Histogram.newBuilder()
                            .setTimestamp(time)
                            .setCountInt(scrape)
                            .setZeroCountInt(scrape)
                            .setSum(scrape + 0.5))
                    .addExemplars(Types.Exemplar.newBuilder()
                            .setTimestamp(time)
                            .setValue(scrape + 0.5)
                            .addLabels(label("trace_id", "" + scrape)))
                    .build();
        }

        private static Types.Label label(String name, String value) {
            return Types.Label.newBuilder().setName(name).setValue(value).build();
        }

        /** A line for what was acknowledged and for what was under way. */
        List<String> stored() {
            return IntStream.rangeClosed(0, acknowledged)
                    .mapToObj(scrape ->
                            "target-%d|%d|%d|%s".formatted(number, BEGIN + scrape * 10L, scrape, scrape + 0.5))
                    .toList();
        }
    }
}
