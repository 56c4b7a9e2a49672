package io.promgres.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.StoredSamples;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hundreds of connections that say nothing, half of something, or rubbish; 10,000 with
 * {@code -Dpromgres.slow-connections=10000}, for which this process and the daemon's need 10,100 file descriptors each.
 */
@AnyServer
class SlowConnectionsIT {

    private static final int CONNECTIONS = Integer.getInteger("promgres.slow-connections", 300);
    private static final long NOW = Instant.now().toEpochMilli();
    private static final int WRITES = 20;

    private static final List<String> BEGINNINGS = List.of(
            "",
            "POST /wr",
            "POST /write HTTP/1.1\r\nHost: x\r\nX-Half: ",
            "POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf",
            "POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Basic " + "A".repeat(500),
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");

    private final List<SocketChannel> connections = new ArrayList<>();
    private TestDatabase database;
    private PackagedDaemon daemon;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = PackagedDaemon.start(
                directory,
                0,
                Map.of(
                        "PROMGRES_DB", database.uri().psql(),
                        "PROMGRES_WEB_MAX_CONNECTIONS", "0",
                        "PROMGRES_WEB_READ_TIMEOUT", "5s"));
    }

    @AfterEach
    void stop() throws Exception {
        for (SocketChannel connection : connections) {
            connection.close();
        }
        daemon.close();
        database.close();
    }

    @Test
    void writesGetThroughSlowAndGarbageConnectionsWhichLeaveNothingBehind() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(connect(i % (BEGINNINGS.size() + 1), random));
        }
        for (int i = 0; i < WRITES; i++) {
            deliver(TestSample.of("during", NOW + i, i));
        }
        Await.until("only the connection of this test is left", () -> metric("promgres_http_connections") <= 1);
        Await.until("no bytes are claimed", () -> metric("promgres_ingest_in_flight_bytes") == 0);
        // The one that asks.
        assertThat(metric("promgres_http_requests_in_flight")).isEqualTo(1);
        assertThat(metric("promgres_ingest_waiting_requests")).isZero();
        assertThat(metric("promgres_http_limit_refusals_total{limit=\"read_timeout\"}"))
                .isGreaterThan(CONNECTIONS / 2.0);
        assertThat(daemon.sender().send(TestSample.of("after", NOW, 1)).statusCode())
                .isEqualTo(204);
        try (Connection connection = database.connect()) {
            Await.views(connection);
            assertThat(StoredSamples.all(connection)).hasSize(WRITES + 1);
        }
    }

    /** As Prometheus does: again after a 503. Bodies that never come hold a part of the bytes in flight, for a time. */
    private void deliver(TestSample sample) throws Exception {
        Await.until("the sample is taken", () -> {
            int status = daemon.sender().send(sample).statusCode();
            assertThat(status).isIn(204, 503);
            return status == 204;
        });
    }

    private SocketChannel connect(int kind, Random random) throws IOException {
        SocketChannel connection = SocketChannel.open(new InetSocketAddress("127.0.0.1", daemon.port()));
        byte[] beginning =
                kind < BEGINNINGS.size() ? BEGINNINGS.get(kind).getBytes(StandardCharsets.ISO_8859_1) : new byte[1_000];
        if (kind == BEGINNINGS.size()) {
            random.nextBytes(beginning);
        }
        connection.write(ByteBuffer.wrap(beginning));
        return connection;
    }

    private double metric(String name) throws Exception {
        return daemon.sender()
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }
}
