package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Prometheus' clients ask promgres: the requests of Grafana's data source, byte by byte over one connection, and promtool. */
@AnyServer
class PrometheusClientsIT {

    private static final long END = System.currentTimeMillis() / 15_000 * 15;
    private static final long START = END - 120;

    private static TestDatabase database;
    private static RunningDaemon daemon;

    /** What came for a request. */
    private record Reply(int status, String body) {}

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database);
        List<TestSample> samples = new ArrayList<>();
        for (int i = 0; i <= 40; i++) {
            long time = (END - 600 + i * 15L) * 1000;
            for (String instance : List.of("a", "b")) {
                samples.add(TestSample.of("up", time, 1, "job", "web", "instance", instance));
                samples.add(TestSample.of("requests_total", time, 45 * i, "job", "web", "instance", instance));
            }
        }
        assertThat(daemon.send(samples).statusCode()).isEqualTo(204);
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        database.close();
    }

    @Test
    void theRequestsOfGrafanasDataSourceAreAnsweredAsItExpects() throws Exception {
        String[] recorded = Files.readString(Path.of("src/it/resources/grafana-prometheus.txt"))
                .replace("$START", "" + START)
                .replace("$END", "" + END)
                .split("(?m)^= ");
        assertThat(recorded.length).isGreaterThan(12);
        try (Socket socket = new Socket("127.0.0.1", daemon.port())) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (String one : Arrays.asList(recorded).subList(1, recorded.length)) {
                String[] parts = one.split("\n-> ");
                String[] expected = parts[1].split("\n", 2);
                socket.getOutputStream().write(request(parts[0].split("\n", 2)[1]));
                Reply reply = read(in);
                assertThat(reply.body()).as(one).startsWith(expected[1].strip());
                assertThat(reply.status()).as(one).isEqualTo(Integer.parseInt(expected[0]));
            }
        }
    }

    private static byte[] request(String recorded) {
        int end = recorded.indexOf("\n\n");
        String head = end < 0 ? recorded.stripTrailing() : recorded.substring(0, end);
        String body = end < 0 ? "" : recorded.substring(end + 2);
        return (head.replace("$LENGTH", "" + body.length()).replace("\n", "\r\n") + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Reply read(DataInputStream in) throws IOException {
        int status = Integer.parseInt(line(in).split(" ")[1]);
        Map<String, String> headers = new HashMap<>();
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String[] both = header.split(": ", 2);
            headers.put(both[0].toLowerCase(Locale.ROOT), both[1]);
        }
        byte[] body = headers.containsKey("content-length")
                ? in.readNBytes(Integer.parseInt(headers.get("content-length")))
                : chunks(in);
        boolean gzip = headers.getOrDefault("content-encoding", "").equals("gzip");
        byte[] plain = gzip ? new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes() : body;
        return new Reply(status, new String(plain, StandardCharsets.UTF_8));
    }

    private static byte[] chunks(DataInputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int length;
        do {
            length = Integer.parseInt(line(in), 16);
            body.write(in.readNBytes(length));
            line(in);
        } while (length > 0);
        return body.toByteArray();
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    @Test
    void promtoolAsksForValuesRangesSeriesAndLabels() throws Exception {
        Programs.require("promtool");
        String from = "--start=" + START;
        String to = "--end=" + END;

        assertThat(promtool("instant", "--time=" + END, daemon.url(), "sum by (job) (up)"))
                .isEqualTo("{job=\"web\"} => 2 @[" + END + "]\n");
        assertThat(promtool("range", from, to, "--step=1m", daemon.url(), "requests_total{instance=\"a\"}"))
                .isEqualTo("requests_total{instance=\"a\", job=\"web\"} =>\n1440 @[" + START + "]\n1620 @["
                        + (START + 60) + "]\n1800 @[" + END + "]\n");
        assertThat(promtool("series", "--match=up{instance=~\"a|c\"}", from, to, daemon.url()))
                .isEqualTo("{__name__=\"up\", instance=\"a\", job=\"web\"}\n");
        assertThat(promtool("labels", from, to, daemon.url(), "instance")).isEqualTo("a\nb\n");
        assertThat(Programs.run("promtool", "query", "instant", daemon.url(), "sum(up")
                        .said())
                .contains("bad_data: invalid parameter \"query\": 1:7: parse error: unclosed left parenthesis");
    }

    private static String promtool(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("query"));
        all.addAll(List.of(arguments));
        Programs.Ended ended = Programs.run("promtool", all.toArray(String[]::new));
        assertThat(ended.code()).as(ended.said()).isZero();
        return ended.said();
    }
}
