package io.promgres.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The daemon as a process of its own, whose live memory is asked for by jcmd. */
final class MeasuredDaemon implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("listens on (http://\\S+)");
    private static final Pattern USED = Pattern.compile("(?:used |used=)(\\d+)K");

    private final Process process;
    private final String url;

    private MeasuredDaemon(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    static MeasuredDaemon start(String databaseUri, Path directory) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                program("java"),
                "-Xmx512m",
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

    /** Bytes of the heap that are in use after a full collection of garbage. */
    long liveBytes() {
        run("GC.run");
        Matcher used = USED.matcher(run("GC.heap_info"));
        if (!used.find()) {
            throw new IllegalStateException("GC.heap_info says nothing about what is used");
        }
        return Long.parseLong(used.group(1)) * 1024;
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
