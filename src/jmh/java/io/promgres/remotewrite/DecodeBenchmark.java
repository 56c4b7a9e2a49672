package io.promgres.remotewrite;

import com.google.protobuf.CodedInputStream;
import io.promgres.codec.SnappyBlock;
import io.promgres.codec.proto.Remote.WriteRequest;
import io.promgres.codec.proto.Types.TimeSeries;
import io.promgres.model.DecodedWrite;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesIndex;
import io.promgres.series.SeriesCache;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Decoding of known series: 100,000 series with about 130 label bytes each, in requests of 2,000 samples. Run it with
 * {@code mvn -q -Pbench test-compile exec:exec@jmh -Djmh=DecodeBenchmark}.
 *
 * <p>Commit 3ab29e1, JDK 17.0.15, ns for each sample. The two cores were busy with other work: medians can be off by half,
 * the fastest iteration says more about the code. SHUFFLED is one short run, before the heap was fixed.
 *
 * <pre>
 *                               SCRAPE           SHUFFLED  allocated  to the yardstick
 *                               fastest  median  mean      B/sample   (medians)
 * generatedClassesUncompressed  603      640     -         1391       1     (the yardstick)
 * codedInputStreamUncompressed   65       81     419       0.03       1/7.9
 * decodeUncompressed             68       88     620       0.07       1/7.3
 * snappyAlone                    52       62      95       0.00
 * decode                        143      197     684       0.07       1/3.2, decompression included
 * </pre>
 *
 * <p>So 5 to 7 million samples/s on one core in the order of a scrape. In an order that does not repeat, the time goes into
 * cache misses, one in the table and one or more at the entry: 1.5 million samples/s.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(DecodeBenchmark.SAMPLES)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class DecodeBenchmark {

    static final int SAMPLES = 2_000;
    private static final int SERIES = 100_000;
    private static final int REQUESTS = SERIES / SAMPLES;
    private static final long TIME = 1_793_534_400_000L;

    /** As Prometheus sends, the same order in each scrape; or each time another one. */
    @Param({"SCRAPE", "SHUFFLED"})
    public Order order;

    /** The order of the series. */
    public enum Order {
        SCRAPE,
        SHUFFLED
    }

    private final SeriesCache cache = new SeriesCache(64 << 20);
    private final SeriesIndex index = cache.reader();
    private final WriteRequestDecoder decoder =
            new WriteRequestDecoder(index, (bytes, from, to) -> false, Limits.DEFAULT, InstantSource.system());
    private final SnappyBlock snappy = new SnappyBlock(Limits.DEFAULT.maxDecodedBytes());
    private final SampleBatch batch = new SampleBatch(SAMPLES);
    private final byte[][] bodies = new byte[REQUESTS][];
    private final byte[][] messages = new byte[REQUESTS][];
    private int next;

    @Setup
    public void makeRequests() throws Exception {
        List<TimeSeries> series = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < SERIES; i++) {
            series.add(series(i, random));
        }
        learn(series);
        if (order == Order.SHUFFLED) {
            Collections.shuffle(series, random);
        }
        for (int i = 0; i < REQUESTS; i++) {
            messages[i] = message(series.subList(i * SAMPLES, (i + 1) * SAMPLES));
            bodies[i] = Messages.compress(messages[i]);
        }
    }

    private static TimeSeries series(int i, Random random) {
        return Messages.labels(
                        "__name__", "node_subsystem" + i / 20 % 50 + "_measure" + i / 10 % 10 + "_seconds_total",
                        "cpu", Integer.toString(i % 10),
                        "instance", "host-" + i / 1000 + ".example.org:9100",
                        "job", "node-exporter",
                        "mode", "mode" + i / 20 % 20 + "-" + i)
                .addSamples(Messages.sample(TIME, random.nextInt(1_000_000)))
                .build();
    }

    private static byte[] message(List<TimeSeries> series) {
        return WriteRequest.newBuilder().addAllTimeseries(series).build().toByteArray();
    }

    private void learn(List<TimeSeries> series) throws Exception {
        byte[] all = message(series);
        DecodedWrite write = decoder.decodeMessage(all, 0, all.length, batch);
        long address = 64;
        for (var each : write.unknown()) {
            cache.put(each.key(), address++);
        }
    }

    private int next() {
        next = next == REQUESTS - 1 ? 0 : next + 1;
        return next;
    }

    @Benchmark
    public int decode() throws Exception {
        byte[] body = bodies[next()];
        batch.clear();
        return decoder.decode(body, 0, body.length, batch).known().size();
    }

    @Benchmark
    public int decodeUncompressed() throws Exception {
        byte[] message = messages[next()];
        batch.clear();
        return decoder.decodeMessage(message, 0, message.length, batch).known().size();
    }

    @Benchmark
    public int snappyAlone() throws Exception {
        byte[] body = bodies[next()];
        return snappy.decompress(body, 0, body.length);
    }

    @Benchmark
    public WriteRequest generatedClassesUncompressed() throws Exception {
        return WriteRequest.parseFrom(messages[next()]);
    }

    /** The shortest loop over protobuf-java's CodedInputStream that does the same for valid messages. */
    @Benchmark
    public int codedInputStreamUncompressed() throws IOException {
        byte[] message = messages[next()];
        CodedInputStream in = CodedInputStream.newInstance(message);
        batch.clear();
        while (!in.isAtEnd()) {
            in.readTag();
            int outer = in.pushLimit(in.readRawVarint32());
            readSeries(message, in);
            in.popLimit(outer);
        }
        return batch.size();
    }

    private void readSeries(byte[] message, CodedInputStream in) throws IOException {
        int from = in.getTotalBytesRead();
        int to = from;
        long address = -1;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == 10) {
                in.skipRawBytes(in.readRawVarint32());
                to = in.getTotalBytesRead();
            } else {
                if (address < 0) {
                    address = index.find(message, from, to);
                }
                readSample(in, address);
            }
        }
    }

    private void readSample(CodedInputStream in, long address) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        long bits = 0;
        long time = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == 9) {
                bits = in.readFixed64();
            } else {
                time = in.readInt64();
            }
        }
        in.popLimit(outer);
        batch.add(address, time, bits);
    }
}
