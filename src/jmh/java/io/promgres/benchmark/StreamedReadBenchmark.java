package io.promgres.benchmark;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.model.LabelSet;
import io.promgres.model.ReadQuery;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.model.ReadQuery.Operator;
import io.promgres.schema.Migrations;
import io.promgres.store.Database;
import io.promgres.wire.ReadAnswer;
import io.promgres.wire.ReadRequestEncoder;
import io.promgres.wire.SeriesReceiver;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory a daemon takes for a streamed remote read, however many samples it has: a daemon as a process of its own,
 * packed samples that SQL made, and a client that reads them all. Fails if it is 64 MiB or more.
 *
 * <pre>{@code mvn -q -Pbench -Dread.samples=50000000 test-compile exec:exec@streamed-read}</pre>
 *
 * <p>The figure is what the live objects of the daemon take at most above what they take when it is idle: counted after
 * collections of garbage, one after the other while the read is under way. What has only not been collected yet is nobody's
 * need. Direct buffers are not in it.
 */
public final class StreamedReadBenchmark {

    /** MiB. */
    private static final long LIMIT = 64;

    private static final int MIB = 1 << 20;
    private static final Path DIRECTORY = Path.of("target", "streamed-read");

    private StreamedReadBenchmark() {}

    /** @param arguments the number of samples */
    public static void main(String[] arguments) throws Exception {
        long samples = Long.parseLong(arguments[0]);
        Directories.delete(DIRECTORY);
        boolean small;
        try (EmbeddedPostgres server = EmbeddedPostgres.start(DIRECTORY, 0)) {
            new Migrations(server.uri()).migrate();
            long end = System.currentTimeMillis() / 1000;
            long filled;
            try (Database database = new Database(server.uri(), 2, new SimpleMeterRegistry())) {
                filled = PackedFiller.fill(database, samples, end);
            }
            try (MeasuredDaemon daemon = MeasuredDaemon.start(server.uri().psql(), DIRECTORY)) {
                small = measure(daemon, filled);
            }
        }
        Directories.delete(DIRECTORY);
        System.exit(small ? 0 : 1);
    }

    private static boolean measure(MeasuredDaemon daemon, long samples) throws Exception {
        // What a first read brings with it once and for all, classes and connections, is not the second one's.
        read(daemon, 1, new Counter());
        long idle = daemon.liveBytes();
        Counter counter = new Counter();
        AtomicLong most = new AtomicLong();
        AtomicBoolean done = new AtomicBoolean();
        Thread watch = new Thread(() -> {
            while (!done.get()) {
                most.accumulateAndGet(daemon.liveBytes(), Math::max);
            }
        });
        long start = System.nanoTime();
        watch.start();
        read(daemon, Long.MAX_VALUE, counter);
        done.set(true);
        watch.join();
        double seconds = (System.nanoTime() - start) / 1e9;
        double above = (double) (most.get() - idle) / MIB;
        System.out.printf(
                Locale.ROOT,
                "%,d of %,d samples read in %.0f s, collections of garbage included; live memory of the daemon %.1f MiB"
                        + " when idle, %.1f MiB above that at most%n",
                counter.samples,
                samples,
                seconds,
                (double) idle / MIB,
                above);
        return counter.samples == samples && above < LIMIT;
    }

    private static void read(MeasuredDaemon daemon, long lastMillis, SeriesReceiver receiver) throws Exception {
        Matcher matcher = new Matcher(Operator.EQUAL, "__name__", PackedFiller.METRIC);
        byte[] body = ReadRequestEncoder.encode(List.of(new ReadQuery(0, lastMillis, List.of(matcher))));
        HttpRequest request = HttpRequest.newBuilder(URI.create(daemon.url() + "/api/v1/read"))
                .header("Content-Encoding", "snappy")
                .header("Content-Type", "application/x-protobuf")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<InputStream> answer =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream stream = answer.body()) {
            String type = answer.headers().firstValue("Content-Type").orElse("");
            ReadAnswer.read(type, stream, 0, Long.MAX_VALUE, receiver);
        }
    }

    /** Takes everything and keeps nothing. */
    private static final class Counter implements SeriesReceiver {
        private long samples;

        @Override
        public void beginSeries(LabelSet labels) {}

        @Override
        public void sample(long time, long bits) {
            samples++;
        }

        @Override
        public void histogram(long time, byte[] body) {}

        @Override
        public void endSeries() {}
    }
}
