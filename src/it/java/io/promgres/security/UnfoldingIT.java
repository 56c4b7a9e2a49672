package io.promgres.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import io.promgres.testing.AnyServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Sender;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import io.promgres.testing.WriteBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small bodies that unfold into the most, from many clients at once, against a small heap: each is stored or answered 400, 413
 * or 503, and afterwards the daemon is there and holds nothing of them.
 */
@AnyServer
class UnfoldingIT {

    private static final int HEAP_MIB = 256;
    private static final int CLIENTS = 3;
    private static final int BYTES = 12 << 20;
    private static final String V1 = "application/x-protobuf";
    private static final String V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";
    // Of a heap of which two fifths are for known series.
    private static final double LEAST_LEFT = 0.5;

    private record Body(String path, String type, byte[] bytes) {}

    @Test
    void smallBodiesThatUnfoldDoNotExhaustTheHeap(@TempDir Path directory) throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                PackagedDaemon daemon = PackagedDaemon.startWithHeap(
                        directory,
                        HEAP_MIB,
                        Map.of("PROMGRES_DB", database.uri().psql()))) {
            for (Body body : bodies()) {
                assertThat(statuses(daemon.sender(), body))
                        .as("%s %s", body.path(), body.type())
                        .isSubsetOf(204, 201, 400, 413, 503);
            }
            TestSample after = TestSample.of("after", System.currentTimeMillis(), 1);
            assertThat(daemon.sender().send(after).statusCode()).isEqualTo(204);
            assertThat(daemon.sender().get("/metrics").body()).contains("promgres_ingest_in_flight_bytes 0.0");
            assertThat(liveHeap(daemon)).isLessThan((long) (LEAST_LEFT * HEAP_MIB * (1 << 20)));
        }
    }

    private static List<Integer> statuses(Sender sender, Body body) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                answers.add(clients.submit(() -> sender.post(body.path(), body.type(), body.bytes())));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : answers) {
                statuses.add(answer.get());
            }
            return statuses;
        } finally {
            clients.shutdownNow();
        }
    }

    /** Bytes of the heap that are reachable. */
    private static long liveHeap(PackagedDaemon daemon) throws IOException, InterruptedException {
        Process histogram = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(daemon.pid()),
                        "GC.class_histogram")
                .start();
        String last = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(last.trim().split("\\s+")[2]);
    }

    private static List<Body> bodies() throws IOException {
        byte[] sample = {0x12, 0};
        byte[] histogram = {0x22, 0};
        byte[] exemplar = {0x1a, 0};
        List<Body> bodies = new ArrayList<>();
        for (byte[] part : List.of(sample, histogram, exemplar)) {
            bodies.add(write(V1, field(1, join(name("up"), filled(part)))));
        }
        bodies.add(write(V1, filled(new byte[] {0x0a, 0})));
        bodies.add(write(V1, filled(new byte[] {0x1a, 3, 0x12, 1, 'a'})));
        bodies.add(write(V1, series()));
        for (int field = 2; field < 5; field++) {
            bodies.add(write(V2, field(5, filled(new byte[] {(byte) (field << 3 | 2), 0}))));
        }
        bodies.add(write(V2, filled(new byte[] {0x22, 0})));
        bodies.add(write(V2, filled(new byte[] {0x2a, 0})));
        bodies.add(new Body("/api/v1/read", V1, WriteBody.compress(filled(new byte[] {0x0a, 0}, 1 << 20))));
        bodies.add(new Body("/api/v1/read", V1, WriteBody.compress(field(1, filled(new byte[] {0x1a, 0}, 1 << 19)))));
        bodies.add(results("[" + "{},".repeat(BYTES / 3) + "{}]"));
        bodies.add(results("[{\"value\": {" + names() + "}}]"));
        bodies.add(results("[".repeat(BYTES)));
        return bodies;
    }

    private static Body write(String type, byte[] message) {
        return new Body("/api/v1/write", type, WriteBody.compress(message));
    }

    private static Body results(String json) {
        return new Body("/perf-test/perf_test_job_meta", "application/json", json.getBytes(StandardCharsets.US_ASCII));
    }

    private static String names() {
        StringBuilder names = new StringBuilder("\"n\": 0");
        for (int i = 0; names.length() < BYTES; i++) {
            names.append(",\"").append(Integer.toString(i, Character.MAX_RADIX)).append("\":0");
        }
        return names.toString();
    }

    /** New series, as short as they can be. */
    private static byte[] series() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (int i = 0; message.size() < BYTES; i++) {
            message.writeBytes(field(
                    1, join(name("m"), label("l", Integer.toString(i, Character.MAX_RADIX)), new byte[] {0x12, 0})));
        }
        return message.toByteArray();
    }

    private static byte[] name(String metric) throws IOException {
        return label("__name__", metric);
    }

    private static byte[] label(String name, String value) throws IOException {
        ByteArrayOutputStream label = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(label);
        out.writeString(1, name);
        out.writeString(2, value);
        out.flush();
        return field(1, label.toByteArray());
    }

    private static byte[] filled(byte[] part) {
        return filled(part, BYTES);
    }

    private static byte[] filled(byte[] part, int bytes) {
        byte[] all = new byte[bytes / part.length * part.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = part[i % part.length];
        }
        return all;
    }

    private static byte[] field(int number, byte[] content) throws IOException {
        ByteArrayOutputStream field = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(field);
        out.writeByteArray(number, content);
        out.flush();
        return field.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
