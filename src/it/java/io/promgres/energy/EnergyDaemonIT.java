package io.promgres.energy;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.remotewrite.WriteRequestEncoder;
import io.promgres.testing.Await;
import io.promgres.testing.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Daemons as processes on one database: what they make of samples, also when they are killed. */
class EnergyDaemonIT {

    private static final Instant T0 = Instant.now().minus(Duration.ofHours(1));
    private static final int SAMPLES = 60;

    @TempDir
    private Path directory;

    private final TestDatabase database = TestDatabase.migrated();
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Daemon> daemons = new ArrayList<>();

    private record Daemon(Process process, URI write) {}

    @AfterEach
    void stop() throws InterruptedException {
        for (Daemon daemon : daemons) {
            daemon.process().destroyForcibly().waitFor();
        }
        database.close();
    }

    @Test
    void daemonsThatShareADatabaseAndAreKilledLoseNothing() throws Exception {
        Daemon one = start();
        Daemon two = start();
        for (int i = 0; i < SAMPLES; i++) {
            // Each sample goes to both, as from a pair of Prometheus servers.
            send(one, i);
            if (i == SAMPLES / 2) {
                two.process().destroyForcibly().waitFor();
                two = start();
            }
            send(two, i);
        }
        one.process().destroyForcibly().waitFor();

        awaitSum(SAMPLES - 1);
        two.process().destroy();
        assertThat(two.process().waitFor()).isZero();
        assertThat(rebuild()).isZero();
        awaitSum(SAMPLES - 1);

        // The daemons had the built-in rules; others are refused, unless they are asked for.
        Path other = Files.writeString(
                directory.resolve("other.yaml"), "energy:\n  rules:\n    rules: [{name: node-cpu, enabled: false}]\n");
        assertThat(rebuild("--config", other.toString())).isNotZero();
        assertThat(Files.readString(directory.resolve("errors"))).contains("--rules-of-config");
        assertThat(rebuild("--config", other.toString(), "--rules-of-config")).isZero();
    }

    private Daemon start() throws IOException {
        Process process = promgres("serve", "--listen", "127.0.0.1:0");
        BufferedReader out = process.inputReader();
        String url = null;
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains("- url: ")) {
                url = line.substring(line.indexOf("http")).strip();
            }
            if (line.contains("psql ")) {
                break;
            }
        }
        assertThat(url).as("the daemon has started").isNotNull();
        Daemon daemon = new Daemon(process, URI.create(url));
        daemons.add(daemon);
        return daemon;
    }

    private int rebuild(String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("energy", "rebuild"));
        arguments.addAll(List.of(
                "--from", T0.minusSeconds(60).toString(), "--to", Instant.now().toString()));
        arguments.addAll(List.of(more));
        return promgres(arguments.toArray(String[]::new)).waitFor();
    }

    private Process promgres(String... arguments) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.promgres.Main"));
        line.addAll(List.of(arguments));
        line.addAll(List.of("--db", postgresUri()));
        return new ProcessBuilder(line)
                .redirectError(directory.resolve("errors").toFile())
                .start();
    }

    private String postgresUri() {
        return "postgresql://" + database.uri().user() + ":" + database.uri().user() + "@"
                + database.uri().hosts().get(0) + "/" + database.uri().database();
    }

    private void send(Daemon daemon, int i) throws IOException, InterruptedException {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("__name__", "node_cpu_seconds_total");
        labels.put("mode", "user");
        labels.put("cpu", "0");
        labels.put("machine_name", "m1");
        WriteRequestEncoder request = new WriteRequestEncoder();
        request.add(labels, T0.plusSeconds(i * 30L).toEpochMilli(), 100 + i);
        int status = client.send(
                        HttpRequest.newBuilder(daemon.write())
                                .header("Content-Type", "application/x-protobuf")
                                .header("Content-Encoding", "snappy")
                                .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                                .POST(BodyPublishers.ofByteArray(request.encode()))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
        assertThat(status).isBetween(200, 204);
    }

    private void awaitSum(int seconds) throws Exception {
        Await.until(seconds + " busy seconds", () -> String.valueOf(seconds).equals(sum()));
    }

    private String sum() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT sum(busy_cpu_seconds_total)" + " FROM fact_usage WHERE scope = 'machine'")) {
            row.next();
            return row.getString(1);
        }
    }
}
