package io.promgres.series;

import io.promgres.model.SeriesIndex;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Looking up keys of about 130 bytes, in the order of their insertion as a scrape does, or in a random one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class SeriesCacheBenchmark {

    @Param({"100000", "1000000"})
    public int series;

    private final SeriesCache cache = new SeriesCache(512L << 20);
    private final SeriesIndex reader = cache.reader();
    private final Map<ByteBuffer, Long> map = new HashMap<>();
    private final KeyHash hash = new SeededHash(new Random(1));
    private byte[] keys;
    private int[] bounds;
    private int[] order;
    private int next;

    @Setup
    public void fill() {
        Random random = new Random(1);
        keys = new byte[series * 140];
        bounds = new int[series + 1];
        order = new int[series];
        for (int i = 0; i < series; i++) {
            byte[] key = ("node_subsystem_measure_seconds_total, cpu 7, instance host-" + i / 1000
                            + ".example.org:9100, job node-exporter, device /dev/disk/by-id/" + i + ", mode user")
                    .getBytes(StandardCharsets.UTF_8);
            bounds[i + 1] = bounds[i] + key.length;
            System.arraycopy(key, 0, keys, bounds[i], key.length);
            cache.put(key, i);
            map.put(ByteBuffer.wrap(key), (long) i);
            int swapped = random.nextInt(i + 1);
            order[i] = order[swapped];
            order[swapped] = i;
        }
    }

    private int next() {
        next = next == series - 1 ? 0 : next + 1;
        return next;
    }

    private long find(int i) {
        return cache.find(keys, bounds[i], bounds[i + 1]);
    }

    @Benchmark
    public long hitInOrder() {
        int i = next();
        return reader.find(keys, bounds[i], bounds[i + 1]);
    }

    @Benchmark
    public long hitInOrderWithoutReader() {
        return find(next());
    }

    @Benchmark
    public long hitAtRandom() {
        return find(order[next()]);
    }

    @Benchmark
    public long missAtRandom() {
        int i = order[next()];
        return cache.find(keys, bounds[i], bounds[i + 1] - 1);
    }

    @Benchmark
    public long hashAlone() {
        int i = next();
        return hash.hash(keys, bounds[i], bounds[i + 1]);
    }

    /** The yardstick. */
    @Benchmark
    public Long hashMapAtRandom() {
        int i = order[next()];
        return map.get(ByteBuffer.wrap(keys, bounds[i], bounds[i + 1] - bounds[i]));
    }
}
