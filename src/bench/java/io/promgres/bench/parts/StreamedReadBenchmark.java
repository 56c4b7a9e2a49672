package io.promgres.bench.parts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.bench.Cleanup;
import io.promgres.bench.DaemonOptions;
import io.promgres.bench.DaemonProcess;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.remoteread.StreamedRead;
import io.promgres.schema.Migrations;
import io.promgres.store.Database;
import io.promgres.testing.PackedFiller;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * How much memory a daemon takes for a streamed remote read, however many samples it has: a daemon as a process of its own,
 * packed samples that SQL made, and a client that reads them all, twice. Fails if it is 64 MiB or more.
 *
 * <pre>{@code mvn -q -Pbench package exec:exec -Dbench="streamed-read --samples=50000000"}</pre>
 *
 * <p>Two figures, both above what the daemon takes when it is idle. Resident: what the process takes at most during the first
 * read, garbage, direct buffers and compiled code included; the heap is small, so that garbage does not fill what is there for it.
 * Live: what its objects take at most, counted after collections of garbage, one after the other while the second read is under
 * way; what has only not been collected yet is nobody's need.
 */
public final class StreamedReadBenchmark {

    /** MiB. */
    private static final double LIMIT = 64;

    private static final double MIB = 1 << 20;
    private static final long LOOK_MILLIS = 20;
    private static final Path JAR = Path.of("target", "promgres.jar");
    private static final Path DIRECTORY = Path.of("target", "streamed-read");

    private StreamedReadBenchmark() {}

    /**
     * @param divisor what values are divided by
     * @param xmx the daemon's heap, as -Xmx has it
     * @return whether the daemon took less than the limit, and every sample was read
     */
    public static boolean run(long samples, int series, int divisor, String xmx) throws Exception {
        Cleanup.delete(DIRECTORY);
        boolean small;
        try (EmbeddedPostgres server = EmbeddedPostgres.start(DIRECTORY, 0)) {
            new Migrations(server.uri()).migrate();
            long end = System.currentTimeMillis() / 1000;
            long filled;
            try (Database database = new Database(server.uri(), 2, new SimpleMeterRegistry())) {
                filled = PackedFiller.fill(database, samples, series, divisor, end);
            }
            DaemonOptions options = new DaemonOptions(JAR, xmx, List.of(), Map.of());
            try (DaemonProcess daemon = new DaemonProcess(options, server.uri(), DIRECTORY.resolve("log"))) {
                // What a first read brings with it once and for all, classes and connections, is not the next one's.
                StreamedRead.of(daemon.url(), PackedFiller.METRIC, 1);
                small = measure(daemon, "resident", daemon::residentBytes, LOOK_MILLIS, filled)
                        & measure(daemon, "live", daemon::liveBytes, 0, filled);
            }
        }
        Cleanup.delete(DIRECTORY);
        return small;
    }

    private static boolean measure(
            DaemonProcess daemon, String name, LongSupplier memory, long pauseMillis, long samples) throws Exception {
        long idle = memory.getAsLong();
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Long> most = CompletableFuture.supplyAsync(() -> {
            long largest = 0;
            while (!done.get()) {
                largest = Math.max(largest, memory.getAsLong());
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
            }
            return largest;
        });
        long start = System.nanoTime();
        StreamedRead read = StreamedRead.of(daemon.url(), PackedFiller.METRIC, Long.MAX_VALUE);
        double seconds = (System.nanoTime() - start) / 1e9;
        done.set(true);
        double above = (most.get() - idle) / MIB;
        System.out.printf(
                Locale.ROOT,
                "%,d of %,d samples, %,d bytes, read in %.0f s; %s memory of the daemon %.1f MiB when idle, %.1f MiB above that at most%n",
                read.samples(),
                samples,
                read.bytes(),
                seconds,
                name,
                idle / MIB,
                above);
        return read.samples() == samples && above < LIMIT;
    }
}
