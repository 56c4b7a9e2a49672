package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.http.RawClient;
import io.promgres.http.RawClient.Answer;
import io.promgres.testing.AnyServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Bodies that nobody would send, from a fixed seed: each is taken as a whole or refused as a whole, and none is a 5xx. */
@AnyServer
class ResultsFuzzIT {

    private static final int BODIES = 1_000;
    private static final int UNKNOWN = -1;

    private static final List<String> SCALARS = List.of(
            "null",
            "true",
            "0",
            "-1",
            "1.5",
            "1e400000",
            "-1e-400",
            "99999999999999999999",
            "NaN",
            "Infinity",
            "01",
            "\"\"",
            "\"infinity\"",
            "\"NaN\"",
            "\"now\"",
            "\"x\"",
            "\"'; DROP TABLE metric_data.perf_test_job; --\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\u00e9\\ud83d\\ude00\"",
            "\"" + "long ".repeat(60) + "\"",
            "\"2017-08-01T10:00:00.123456\"",
            "\"-4713-01-01\"",
            "\"24b3c9dc13e34529a0a392340751be17\"",
            "\"{24b3c9dc-13e3-4529-a0a3-92340751be17}\"",
            "{}",
            "[]",
            "{\"a\": [1]}",
            "[".repeat(2_000));

    private static final List<String> NAMES =
            List.of("jid", "started", "completed", "status", "project", "id", "name", "value", "", "oid", "\\u006aid");

    private static final String GOOD = "\"started\": \"2017-08-01T10:00:00\", \"completed\": \"2017-08-01T11:00:00\","
            + " \"status\": 0, \"project\": \"p\"";

    private final Random random = new Random(20_261_121);

    @Test
    void everyBodyIsStoredWholeOrNotAtAllAndNoneIsAServerError() throws Exception {
        try (ResultsServer server = new ResultsServer();
                RawClient client = server.connect();
                Connection sql = server.sql();
                PreparedStatement count = sql.prepareStatement("SELECT count(*) FROM metric_data.perf_test_job")) {
            int stored = 0;
            for (int i = 0; i < BODIES; i++) {
                Body body = body();
                Answer answer = send(client, body.json());
                int before = stored;
                stored = count(count);
                check(body, answer, stored - before);
            }
            assertThat(stored).isGreaterThan(BODIES / 10);
        }
    }

    /** @param goodRows how many rows must be stored; {@link #UNKNOWN} if it may be refused */
    private record Body(String json, int goodRows) {}

    private static void check(Body body, Answer answer, int added) {
        if (body.goodRows() != UNKNOWN) {
            assertThat(answer.status()).as(body.json()).isEqualTo(201);
            assertThat(added).isEqualTo(body.goodRows());
        } else if (answer.status() != 201) {
            assertThat(answer.status()).as(body.json()).isIn(400, 409);
            assertThat(answer.body()).startsWith("{\"code\":\"");
            assertThat(added).as(body.json()).isZero();
        }
    }

    private static Answer send(RawClient client, String json) throws IOException {
        // The client takes characters for bytes.
        String bytes = new String(json.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return client.post("/perf-test/perf_test_job", "Content-Type: application/json\r\n", bytes)
                .answer();
    }

    private static int count(PreparedStatement count) throws SQLException {
        try (ResultSet row = count.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    private Body body() {
        int rows = random.nextInt(4);
        List<String> objects = IntStream.range(0, rows).mapToObj(i -> goodRow()).collect(Collectors.toList());
        return switch (random.nextInt(4)) {
            case 0 -> new Body(array(objects), rows);
            case 1 -> {
                objects.add(random.nextInt(rows + 1), strangeRow());
                yield new Body(array(objects), UNKNOWN);
            }
            case 2 -> new Body(mutated(array(objects)), UNKNOWN);
            default -> new Body(strange(3), UNKNOWN);
        };
    }

    private static String array(List<String> objects) {
        return "[" + String.join(", ", objects) + "]";
    }

    private String goodRow() {
        return "{\"jid\": \"%016x%016x\", %s}".formatted(random.nextLong(), random.nextLong(), GOOD);
    }

    /** A row with something in it that does not fit. */
    private String strangeRow() {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
            columns.add("\"" + pick(NAMES) + "\": " + pick(SCALARS));
        }
        return "{" + String.join(", ", columns) + "}";
    }

    private String strange(int depth) {
        int kind = depth == 0 ? 0 : random.nextInt(3);
        if (kind == 0) {
            return pick(SCALARS);
        }
        String inner = IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> (kind == 1 ? "" : "\"" + pick(NAMES) + "\": ") + strange(depth - 1))
                .collect(Collectors.joining(", "));
        return kind == 1 ? "[" + inner + "]" : "{" + inner + "}";
    }

    /** With some characters changed, left out or doubled. */
    private String mutated(String json) {
        StringBuilder text = new StringBuilder(json);
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(3)) {
                case 0 -> text.insert(at, (char) random.nextInt(256));
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
                default -> text.insert(at, text.substring(Math.max(0, at - random.nextInt(20)), at));
            }
        }
        return text.toString();
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
