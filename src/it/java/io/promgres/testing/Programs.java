package io.promgres.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Programs of others that a test needs, found on the PATH. */
public final class Programs {

    // Below those that the system gives to whoever asks for any port; each JVM begins somewhere else.
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(10_000, 30_000));

    private Programs() {}

    /** Skips the test where a program is not installed; fails it in continuous integration, where it has to be. */
    public static void require(String... names) {
        for (String name : names) {
            boolean installed = find(name).isPresent();
            if ("true".equals(System.getenv("CI"))) {
                assertThat(installed).as("%s is on the PATH", name).isTrue();
            }
            assumeTrue(installed, name + " is not on the PATH");
        }
    }

    public static boolean isInstalled(String name) {
        return find(name).isPresent();
    }

    private static Optional<Path> find(String name) {
        if (name.contains("/")) {
            return Optional.of(Path.of(name));
        }
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * @param log gets what it says
     * @param name of a program on the PATH, or a path
     */
    public static Process start(Path log, String name, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(find(name).orElseThrow().toString()));
        line.addAll(List.of(arguments));
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** How a program ended, and what it said on both outputs. */
    public record Ended(int code, String said) {}

    /** Runs a program to its end. */
    public static Ended run(String name, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(find(name).orElseThrow().toString()));
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        return new Ended(process.waitFor(), said);
    }

    public static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /** A port that nobody listens on now, and that no test in another JVM is likely to get before it is used. */
    public static int freePort() throws IOException {
        int port = NEXT_PORT.getAndIncrement();
        while (!isFree(port)) {
            port = NEXT_PORT.getAndIncrement();
        }
        return port;
    }

    private static boolean isFree(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.isBound();
        } catch (BindException e) {
            return false;
        }
    }
}
