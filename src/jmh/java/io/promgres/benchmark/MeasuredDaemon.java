package io.promgres.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The daemon as a process of its own, whose live memory is asked for by jcmd, and its resident memory of Linux. */
final class MeasuredDaemon implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("listens on (http://\\S+)");
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");
    private static final int KIB = 1024;

    private final Process process;
    private final String url;

    private MeasuredDaemon(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** @param heap the most that the heap may take, as -Xmx has it */
    static MeasuredDaemon start(String databaseUri, Path directory, String heap) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                program("java"),
                "-Xmx" + heap,
                "-cp",
                System.getProperty("java.class.path"),
                "io.promgres.Main",
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--db",
                databaseUri);
        builder.environment().put("PROMGRES_SELF_MONITORING_INTERVAL", "0s");
        Process process =
                builder.redirectError(directory.resolve("log").toFile()).start();
        BufferedReader out = process.inputReader();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                return new MeasuredDaemon(process, address.group(1));
            }
        }
        throw new IOException("the daemon did not start, see " + directory.resolve("log"));
    }

    private static String program(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    String url() {
        return url;
    }

    /**
     * Bytes of the objects that are in use. Counted in the pause of the collection itself: what is allocated between a collection
     * and a question that follows it is not among them.
     */
    long liveBytes() {
        Matcher total = TOTAL.matcher(run("GC.class_histogram"));
        if (!total.find()) {
            throw new IllegalStateException("GC.class_histogram has no total");
        }
        return Long.parseLong(total.group(1));
    }

    /** Bytes of memory that the process has: heap with its garbage, direct buffers, code, threads. */
    long residentBytes() {
        try {
            Matcher resident =
                    RESIDENT.matcher(Files.readString(Path.of("/proc", Long.toString(process.pid()), "status")));
            if (!resident.find()) {
                throw new IllegalStateException("Linux does not say what memory is resident");
            }
            return Long.parseLong(resident.group(1)) * KIB;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String run(String command) {
        try {
            List<String> line = new ArrayList<>(List.of(program("jcmd"), Long.toString(process.pid()), command));
            Process jcmd = new ProcessBuilder(line).redirectErrorStream(true).start();
            String answer = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (jcmd.waitFor() != 0) {
                throw new IllegalStateException(answer);
            }
            return answer;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
