package io.promgres.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.config.DatabaseUri;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The packaged jar as a process with its embedded PostgreSQL, as a user starts it. The jar is the one that the system
 * property {@code promgres.jar} names; without one it is the classes of this JVM.
 */
public final class PackagedDaemon implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("listens on (https?://\\S+)");
    private static final int STOP_SECONDS = 60;
    private static final int USUAL_HEAP_MIB = 512;

    private final Path directory;
    private final Process process;
    private final String greeting;
    private final URI url;
    private final Sender sender;

    private PackagedDaemon(Path directory, Process process, String greeting) {
        this.directory = directory;
        this.process = process;
        this.greeting = greeting;
        Matcher address = ADDRESS.matcher(greeting);
        assertThat(address.find()).isTrue();
        this.url = URI.create(address.group(1));
        this.sender = new Sender(address.group(1));
    }

    /** How a process that ends by itself ended. */
    public record Ended(int code, String out, List<String> errors) {}

    /**
     * Starts it on a free port and without self-monitoring, and returns when it takes requests.
     *
     * @param directory for its data and its log
     */
    public static PackagedDaemon start(Path directory) throws IOException {
        return start(directory, 0);
    }

    /** As {@link #start(Path)}, on this port. */
    public static PackagedDaemon start(Path directory, int port) throws IOException {
        return start(directory, port, Map.of());
    }

    /**
     * As {@link #start(Path)}, on this port.
     *
     * @param environment settings, as environment variables
     */
    public static PackagedDaemon start(Path directory, int port, Map<String, String> environment) throws IOException {
        return start(directory, USUAL_HEAP_MIB, port, environment, "");
    }

    /**
     * As {@link #start(Path, int, Map)}, on a free port.
     *
     * @param config a configuration file, which it gets by a pipe
     */
    public static PackagedDaemon startWithConfig(Path directory, Map<String, String> environment, String config)
            throws IOException {
        Map<String, String> all = new HashMap<>(environment);
        all.put("PROMGRES_CONFIG", "/dev/stdin");
        return start(directory, USUAL_HEAP_MIB, 0, all, config);
    }

    /**
     * As {@link #start(Path, int, Map)}, on a free port.
     *
     * @param heap the most that its heap may take, MiB
     */
    public static PackagedDaemon startWithHeap(Path directory, int heap, Map<String, String> environment)
            throws IOException {
        return start(directory, heap, 0, environment, "");
    }

    private static PackagedDaemon start(
            Path directory, int heap, int port, Map<String, String> environment, String input) throws IOException {
        ProcessBuilder builder = process(
                directory,
                heap,
                List.of(
                        "serve",
                        "--listen",
                        "127.0.0.1:" + port,
                        "--db-port",
                        "0",
                        "--data-dir",
                        data(directory).toString()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        give(process, input);
        BufferedReader out = process.inputReader();
        StringBuilder greeting = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            greeting.append(line).append('\n');
            // The last thing that a start says.
            if (line.contains("psql")) {
                return new PackagedDaemon(directory, process, greeting.toString());
            }
        }
        throw new AssertionError("not started: " + Files.readString(log(directory)));
    }

    /** Runs a command that ends by itself. */
    public static Ended run(Path directory, String... line) throws IOException, InterruptedException {
        return runWithInput(directory, "", line);
    }

    /** As {@link #run}, with what its standard input gives. */
    public static Ended runWithInput(Path directory, String input, String... line)
            throws IOException, InterruptedException {
        Files.deleteIfExists(log(directory));
        Process process = process(directory, USUAL_HEAP_MIB, List.of(line)).start();
        give(process, input);
        String out = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)).isTrue();
        List<String> errors = Files.readAllLines(log(directory)).stream()
                .filter(error -> error.startsWith("promgres: "))
                .toList();
        return new Ended(process.exitValue(), out, errors);
    }

    private static void give(Process process, String input) throws IOException {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static ProcessBuilder process(Path directory, int heap, List<String> line) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + heap + "m");
        String jar = System.getProperty("promgres.jar");
        command.addAll(
                jar == null
                        ? List.of("-cp", System.getProperty("java.class.path"), "io.promgres.Main")
                        : List.of("-jar", jar));
        command.addAll(line);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log(directory).toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PROMGRES_"));
        builder.environment().put("PROMGRES_SELF_MONITORING_INTERVAL", "0s");
        builder.environment().put("PROMGRES_ENERGY_INTERVAL", "1s");
        return builder;
    }

    private static Path data(Path directory) {
        return directory.resolve("data");
    }

    private static Path log(Path directory) {
        return directory.resolve("log");
    }

    /** What it has logged so far. */
    public List<String> logLines() throws IOException {
        return logLines(directory);
    }

    /** What the daemon of a directory has logged. */
    public static List<String> logLines(Path directory) throws IOException {
        return Files.readAllLines(log(directory));
    }

    /** What it said when it had started. */
    public String greeting() {
        return greeting;
    }

    /** The port of its HTTP server. */
    public int port() {
        return url.getPort();
    }

    public Sender sender() {
        return sender;
    }

    /** Of the process. */
    public long pid() {
        return process.pid();
    }

    /** A new connection to its database. */
    public Connection connect() throws IOException, SQLException {
        return TestDatabase.connect(DatabaseUri.parse(
                Files.readString(data(directory).resolve("database.uri")).strip()));
    }

    /** Every sample in the views, as soon as every metric has its views. */
    public List<TestSample> stored() throws Exception {
        try (Connection connection = connect()) {
            Await.views(connection);
            return StoredSamples.all(connection);
        }
    }

    /** SIGKILL; returns when it is dead. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; returns the exit code. */
    public int stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS))
                .as("stopped within %d seconds", STOP_SECONDS)
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            stop();
        }
    }
}
