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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Daemons as processes on one database: what they make of samples, also when they are killed. */
class EnergyDaemonIT {

    private static final Instant T0 = Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.HOURS);
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

    @Test
    void sighupPutsChangedRulesInForceAndAFileThatIsWrongChangesNothing() throws Exception {
        Path rules = Files.writeString(directory.resolve("rules.yaml"), "");
        Path config = Files.writeString(directory.resolve("config.yaml"), "energy: {rules: " + rules + "}\n");
        Daemon daemon = start("--config", config.toString());
        // No rule takes it yet.
        send(daemon, "board_joules_total", 0, 0);
        send(daemon, "board_joules_total", 1, 3_600_000);

        Files.writeString(
                rules,
                "rules: [{name: board, kind: counter, unit: joules, metric: board_joules_total}]\n"
                        + "power: {busy-watts: 20}\n");
        hangUp(daemon);
        Await.until("the rules are in force", () -> errors().contains("energy counts by other rules: "));
        // The bucket's samples of before count with the new one: 7.2 MJ, and 30 CPU seconds at 20 W.
        send(daemon, "board_joules_total", 2, 7_200_000);
        send(daemon, "node_cpu_seconds_total", 10, 0);
        send(daemon, "node_cpu_seconds_total", 11, 30);
        awaitMachine("2.000167");

        Files.writeString(rules, "power: {busy-watts: 1}\nrules:\n- {name: board, kind: counted, metric: x}\n");
        hangUp(daemon);
        Await.until("the mistake is named", () -> errors().contains("rules.yaml:3: unknown kind counted"));
        Await.until("the metric says so", () -> metrics(daemon).contains("promgres_config_last_reload_successful 0.0"));
        send(daemon, "board_joules_total", 3, 10_800_000);
        send(daemon, "node_cpu_seconds_total", 12, 60);
        awaitMachine("3.000333");
    }

    private void hangUp(Daemon daemon) throws Exception {
        assertThat(new ProcessBuilder("kill", "-HUP", "" + daemon.process().pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    private String errors() throws IOException {
        return Files.readString(directory.resolve("errors"));
    }

    private String metrics(Daemon daemon) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(daemon.write().resolve("/metrics"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private void awaitMachine(String kilowattHours) throws Exception {
        Await.until(kilowattHours + " kWh", () -> kilowattHours.equals(ofMachine("round(sum(busy_kwh), 6)")));
    }

    private Daemon start(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("serve", "--listen", "127.0.0.1:0"));
        arguments.addAll(List.of(more));
        Process process = promgres(arguments.toArray(String[]::new));
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
        ProcessBuilder process = new ProcessBuilder(line)
                .redirectError(directory.resolve("errors").toFile());
        process.environment().put("PROMGRES_ENERGY_INTERVAL", "1s");
        return process.start();
    }

    private String postgresUri() {
        return "postgresql://" + database.uri().user() + ":" + database.uri().user() + "@"
                + database.uri().hosts().get(0) + "/" + database.uri().database();
    }

    private void send(Daemon daemon, int i) throws IOException, InterruptedException {
        send(daemon, "node_cpu_seconds_total", i, 100 + i);
    }

    private void send(Daemon daemon, String metric, int i, double value) throws IOException, InterruptedException {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("__name__", metric);
        labels.put("mode", "user");
        labels.put("cpu", "0");
        labels.put("machine_name", "m1");
        WriteRequestEncoder request = new WriteRequestEncoder();
        request.add(labels, T0.plusSeconds(i * 30L).toEpochMilli(), value);
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
        return ofMachine("sum(busy_cpu_seconds_total)");
    }

    private String ofMachine(String value) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT " + value + " FROM fact_usage WHERE scope = 'machine'")) {
            row.next();
            return row.getString(1);
        }
    }
}
