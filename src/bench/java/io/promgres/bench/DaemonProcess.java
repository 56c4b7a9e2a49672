package io.promgres.bench;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.promgres.config.DatabaseUri;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The packaged daemon as a process, as a user starts it, and what its JVM says about itself. */
public final class DaemonProcess implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("listens on http://[^:]+:(\\d+)");
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
    private static final int STOP_SECONDS = 30;

    private final Process process;
    private final LinuxProcess linux;
    private final int port;
    private final double startSeconds;
    // Not before it is asked for something: it takes the daemon memory.
    private JMXConnector management;

    /**
     * Starts it, and returns when it takes requests.
     *
     * @param log for its log
     */
    public DaemonProcess(DaemonOptions options, DatabaseUri database, Path log) throws Exception {
        long begin = System.nanoTime();
        process = builder(options, database, log, "serve", "--listen", "127.0.0.1:0")
                .start();
        linux = new LinuxProcess(process.pid());
        try {
            port = awaitPort(log);
            startSeconds = (System.nanoTime() - begin) / 1e9;
        } catch (Exception e) {
            process.destroyForcibly().waitFor();
            throw e;
        }
    }

    /**
     * A process of the daemon's jar on a database. Unless the settings say so, nothing is packed by itself, no energy is
     * projected, and it does not store metrics of its own: a minute of data passes in a second here, and what is due by the
     * data's time would be done a hundred times as often as it is.
     */
    static ProcessBuilder builder(DaemonOptions options, DatabaseUri database, Path log, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (!options.xmx().isEmpty()) {
            command.add("-Xmx" + options.xmx());
        }
        command.addAll(options.jvm());
        command.addAll(List.of("-jar", options.jar().toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--db", database.psql()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PROMGRES_"));
        builder.environment().put("PROMGRES_SELF_MONITORING_INTERVAL", "0s");
        builder.environment().put("PROMGRES_STORAGE_GRACE", "7d");
        builder.environment().put("PROMGRES_ENERGY_ENABLED", "false");
        options.settings().forEach((key, value) -> builder.environment().put(variable(key), value));
        return builder;
    }

    private static String variable(String key) {
        return "PROMGRES_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private int awaitPort(Path log) throws IOException {
        BufferedReader out = process.inputReader();
        int found = 0;
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                found = Integer.parseInt(address.group(1));
            }
            // The last thing that a start says.
            if (line.contains("psql")) {
                return found;
            }
        }
        throw new IOException("the daemon did not start: " + Files.readString(log));
    }

    public int port() {
        return port;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** From the start of the process until it took requests. */
    double startSeconds() {
        return startSeconds;
    }

    public double cpuSeconds() {
        return linux.cpuSeconds();
    }

    /** Bytes of memory, of what it shares with others its part. */
    public long memoryBytes() {
        return linux.proportionalBytes();
    }

    public long residentBytes() {
        return linux.residentBytes();
    }

    /** Seconds of CPU of its threads so far, by their names as Linux keeps them. */
    public Map<String, Double> cpuSecondsByThread() {
        return linux.cpuSecondsByThread();
    }

    private MBeanServerConnection beans() throws IOException {
        if (management == null) {
            try {
                VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
                management = JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
                machine.detach();
            } catch (AttachNotSupportedException e) {
                throw new IOException(e);
            }
        }
        return management.getMBeanServerConnection();
    }

    /** Bytes that its threads have allocated; of threads that run. */
    long allocatedBytes() {
        try {
            ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(
                    beans(), ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
            return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                    .filter(bytes -> bytes > 0)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Bytes of the objects that are in use. The JVM counts them in the pause of a collection, so that what is allocated
     * between a collection and a question that follows it is not among them.
     */
    public long liveBytes() {
        try {
            String histogram = (String) beans().invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            Matcher total = TOTAL.matcher(histogram);
            if (!total.find()) {
                throw new IllegalStateException("the histogram of the heap has no total");
            }
            return Long.parseLong(total.group(1));
        } catch (JMException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        try {
            if (management != null) {
                management.close();
            }
        } catch (IOException e) {
            // It has gone already.
        }
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IOException("the daemon did not stop within " + STOP_SECONDS + " s and was killed");
        }
    }
}
