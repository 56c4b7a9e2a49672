package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Sender;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More new series than the heap could hold the requests of, from connections that never leave the queue empty, in requests that
 * fill no batch evenly; and the same again when the daemon has been started anew and knows none of them. With
 * {@code -Dfaults.new-series=500000} as many, against 384 MiB.
 */
@AnyServer
class NewSeriesMemoryIT {

    private static final int FEW = 60_000;
    private static final int SERIES = Integer.getInteger("faults.new-series", FEW);
    private static final int HEAP_MIB = SERIES > FEW ? 384 : 128;
    private static final int CONNECTIONS = 8;
    private static final int REQUEST = 1_999;

    private final long now = System.currentTimeMillis();

    @Test
    void newSeriesThatKeepComingFitIntoASmallHeapAndDoSoAfterARestart(@TempDir Path directory) throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                Connection connection = database.connect()) {
            Map<String, String> environment =
                    Map.of("PROMGRES_DB", database.uri().psql());
            for (int start = 0; start < 2; start++) {
                try (PackagedDaemon daemon = PackagedDaemon.startWithHeap(directory, HEAP_MIB, environment)) {
                    sendAll(daemon.sender(), now + start);
                    assertThat(daemon.sender().get("/-/healthy").statusCode()).isEqualTo(200);
                }
                assertThat(Sql.value(connection, "SELECT count(*) FROM _prom_catalog.series"))
                        .isEqualTo(Integer.toString(SERIES));
            }
        }
    }

    private static void sendAll(Sender sender, long time) throws Exception {
        AtomicInteger next = new AtomicInteger();
        ExecutorService connections = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                ends.add(connections.submit(() -> {
                    for (int from = next.getAndAdd(REQUEST); from < SERIES; from = next.getAndAdd(REQUEST)) {
                        sendUntilStored(sender, request(from, time));
                    }
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            connections.shutdownNow();
        }
    }

    private static void sendUntilStored(Sender sender, List<TestSample> request) throws Exception {
        int status = 503;
        while (status == 503) {
            status = sender.send(request).statusCode();
        }
        assertThat(status).isEqualTo(204);
    }

    private static List<TestSample> request(int from, long time) {
        List<TestSample> samples = new ArrayList<>();
        for (int i = from; i < Math.min(SERIES, from + REQUEST); i++) {
            String number = Integer.toString(i);
            samples.add(TestSample.of(
                    "storm_" + i % 10,
                    time,
                    i,
                    "job",
                    "storm",
                    "instance",
                    "host-" + i / 1_000 + ":9100",
                    "pod",
                    "pod-" + number,
                    "container",
                    "a-container-with-a-name-" + i % 100,
                    "namespace",
                    "a-namespace-" + i % 20,
                    "path",
                    "/api/v1/a-path/" + i % 50));
        }
        return samples;
    }
}
