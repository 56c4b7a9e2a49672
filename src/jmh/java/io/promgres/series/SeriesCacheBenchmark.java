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

/**
 * Looking up keys of about 130 bytes, in the order of their insertion as a scrape does, or in a random one. Run it with
 * {@code mvn -q -Pbench test-compile exec:exec@jmh -Djmh=SeriesCacheBenchmark}.
 *
 * <p>Commit 3ab29e1, JDK 17.0.15, ns for each look-up, mean of 3 iterations of a second with the default heap. The two cores
 * were busy with other work, so that only the order of magnitude counts.
 *
 * <pre>
 *                          100,000 series  1,000,000 series  allocated, B
 * hashMapAtRandom          1401 (1)        2783 (1)          56            (the yardstick)
 * hitAtRandom               883 (1/1.6)     917 (1/3.0)       0
 * missAtRandom              170             542               0
 * hitInOrderWithoutReader   142             278               0
 * hitInOrder                 29              68               0
 * hashAlone                  33              52               0
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
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

    /** As where series come and go: not the order in which they became known, but the same each time. */
    @Benchmark
    public long hitInAnOrderOfItsOwn() {
        int i = order[next()];
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
