package io.promgres.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What Linux says about a process. Source of the files: proc(5). */
public final class LinuxProcess {

    /** USER_HZ, the same on all architectures that PostgreSQL is packaged for. */
    private static final double TICKS_OF_A_SECOND = 100;

    private static final int PARENT = 1;
    private static final int USER_TIME = 11;
    private static final int CHILDREN_SYSTEM_TIME = 14;

    private final long id;

    public LinuxProcess(long id) {
        this.id = id;
    }

    /** Seconds of CPU that the process has used, its threads included; 0 if it has ended. */
    public double cpuSeconds() {
        String[] stat = stat(Long.toString(id));
        return stat.length == 0
                ? 0
                : (Long.parseLong(stat[USER_TIME]) + Long.parseLong(stat[USER_TIME + 1])) / TICKS_OF_A_SECOND;
    }

    /** Seconds of CPU of the process and of its children, those that have ended included; it must not have ended itself. */
    double cpuSecondsWithChildren() {
        long ticks = 0;
        String[] own = stat(Long.toString(id));
        for (int i = USER_TIME; i <= CHILDREN_SYSTEM_TIME; i++) {
            ticks += Long.parseLong(own[i]);
        }
        for (String child : children()) {
            String[] stat = stat(child);
            if (stat.length > 0) {
                ticks += Long.parseLong(stat[USER_TIME]) + Long.parseLong(stat[USER_TIME + 1]);
            }
        }
        return ticks / TICKS_OF_A_SECOND;
    }

    /** Seconds of CPU of the running threads, by name. Linux keeps 15 letters of a name; threads that differ by a number at the end count as one. */
    Map<String, Double> cpuSecondsByThread() {
        Map<String, Double> seconds = new TreeMap<>();
        Path tasks = Path.of("/proc", Long.toString(id), "task");
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                String name = text(thread.resolve("comm")).strip().replaceAll("[-#]?\\d+$", "");
                seconds.merge(name, scheduledSeconds(thread), Double::sum);
            }
            return seconds;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Seconds of CPU of the children that run, by their command lines and, behind a #, their ids. */
    Map<String, Double> cpuSecondsByChild() {
        Map<String, Double> seconds = new TreeMap<>();
        for (String child : children()) {
            Path process = Path.of("/proc", child);
            String name = text(process.resolve("cmdline")).replace('\0', ' ').strip();
            seconds.put(name + " #" + child, scheduledSeconds(process));
        }
        return seconds;
    }

    /** Of one thread; the scheduler counts nanoseconds. */
    private static double scheduledSeconds(Path task) {
        String[] counts = text(task.resolve("schedstat")).split(" ");
        return counts[0].isEmpty() ? 0 : Long.parseLong(counts[0]) / 1e9;
    }

    /** Empty if the process or thread has ended. */
    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private List<String> children() {
        List<String> children = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                String[] stat = stat(process.getFileName().toString());
                if (stat.length > 0 && stat[PARENT].equals(Long.toString(id))) {
                    children.add(process.getFileName().toString());
                }
            }
            return children;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of memory that are resident, of pages that several processes share its part; 0 if it has ended. */
    public long proportionalBytes() {
        return proportionalBytes(Long.toString(id));
    }

    /** As {@link #proportionalBytes}, of the process and of its children. */
    long proportionalBytesWithChildren() {
        return proportionalBytes()
                + children().stream().mapToLong(LinuxProcess::proportionalBytes).sum();
    }

    private static long proportionalBytes(String id) {
        try {
            return Files.readAllLines(Path.of("/proc", id, "smaps_rollup")).stream()
                    .filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .sum();
        } catch (IOException e) {
            if (!Files.exists(Path.of("/proc", id))) {
                return 0;
            }
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of memory that are resident. */
    long residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(id), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The fields behind the name, which may hold anything; empty if the process has ended. */
    private static String[] stat(String id) {
        try {
            String line = Files.readString(Path.of("/proc", id, "stat"));
            return line.substring(line.lastIndexOf(')') + 2).split(" ");
        } catch (NoSuchFileException e) {
            return new String[0];
        } catch (IOException e) {
            // A process that ends while it is read.
            if (!Files.exists(Path.of("/proc", id))) {
                return new String[0];
            }
            throw new UncheckedIOException(e);
        }
    }
}
