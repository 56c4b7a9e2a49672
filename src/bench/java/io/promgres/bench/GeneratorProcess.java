package io.promgres.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The {@link LoadGenerator} as a process. */
final class GeneratorProcess implements AutoCloseable {

    private final Process process;
    private final Path log;
    private final LinuxProcess linux;
    private final BufferedReader answers;
    private final PrintWriter commands;
    private long acknowledged;

    /**
     * Starts it, and returns when its bodies are prepared.
     *
     * @param port of the daemon
     * @param log for its errors
     */
    GeneratorProcess(Load load, int port, Path log) throws IOException {
        this.log = log;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-classpath",
                System.getProperty("java.class.path"),
                LoadGenerator.class.getName(),
                Integer.toString(port)));
        command.addAll(load.arguments());
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        linux = new LinuxProcess(process.pid());
        answers = process.inputReader();
        commands = new PrintWriter(process.outputWriter(), true);
        try {
            answer();
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /**
     * What was sent and acknowledged.
     *
     * @param seconds from the first request to the last answer
     * @param p50 of the requests, milliseconds
     * @param p99 of the requests, milliseconds
     */
    record Sent(long samples, double seconds, double p50, double p99) {
        double rate() {
            return samples / seconds;
        }
    }

    /** Every series once. */
    Sent scrape() throws IOException {
        return command("scrape");
    }

    /** @param rate samples a second; 0 for as many as possible */
    Sent send(double seconds, double rate) throws IOException {
        return command(String.format(Locale.ROOT, "send %f %f", seconds, rate));
    }

    private Sent command(String line) throws IOException {
        commands.println(line);
        String[] words = answer().split(" ");
        Sent sent = new Sent(
                Long.parseLong(words[0]),
                Long.parseLong(words[1]) / 1e9,
                Long.parseLong(words[2]) / 1e6,
                Long.parseLong(words[3]) / 1e6);
        acknowledged += sent.samples();
        return sent;
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the load generator failed: " + Files.readString(log));
        }
        return line;
    }

    /** All samples since the start that were acknowledged as stored. */
    long acknowledged() {
        return acknowledged;
    }

    double cpuSeconds() {
        return linux.cpuSeconds();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
