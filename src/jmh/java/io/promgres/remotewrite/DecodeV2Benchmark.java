package io.promgres.remotewrite;

import io.promgres.codec.proto.WriteV2.Metadata;
import io.promgres.model.DecodedWrite;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesIndex;
import io.promgres.series.KnownMetadata;
import io.promgres.series.KnownStarts;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import java.time.InstantSource;
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

/** Decoding of known series of remote write 2.0: the series of {@link DecodeBenchmark}, in requests of 2,000 samples. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(DecodeBenchmark.SAMPLES)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class DecodeV2Benchmark {

    private static final int SERIES = 100_000;
    private static final int REQUESTS = SERIES / DecodeBenchmark.SAMPLES;
    private static final long TIME = 1_793_534_400_000L;

    /** UNIQUE: each series has a label value of its own, as in the benchmark of 1.0; SHARED: values are shared by many. */
    @Param({"UNIQUE", "SHARED"})
    public Values values;

    /** Which label values series have. */
    public enum Values {
        UNIQUE,
        SHARED
    }

    @Param({"false", "true"})
    public boolean metadata;

    private final SeriesCache cache = new SeriesCache(64 << 20);
    private final SeriesIndex index = cache.reader();
    private final KnownMetadata knownMetadata = new KnownMetadata(4 << 20);
    private final WriteRequestV2Decoder decoder = new WriteRequestV2Decoder(
            index, new SymbolTable(32 << 20), knownMetadata, new KnownStarts(), Limits.DEFAULT, InstantSource.system());
    private final SampleBatch batch = new SampleBatch(DecodeBenchmark.SAMPLES);
    private final byte[][] bodies = new byte[REQUESTS][];
    private final byte[][] messages = new byte[REQUESTS][];
    private int next;

    @Setup
    public void makeRequests() throws Exception {
        Random random = new Random(1);
        long address = 64;
        for (int i = 0; i < REQUESTS; i++) {
            messages[i] = message(i * DecodeBenchmark.SAMPLES, random);
            bodies[i] = Messages.compress(messages[i]);
            DecodedWrite write = decoder.decodeMessage(messages[i], 0, messages[i].length, batch);
            for (var each : write.unknown()) {
                cache.put(each.key(), address++);
            }
            write.metadata().forEach(each -> knownMetadata.add(each.key()));
        }
    }

    private byte[] message(int first, Random random) {
        MessagesV2 request = new MessagesV2();
        for (int i = first; i < first + DecodeBenchmark.SAMPLES; i++) {
            String metric = "node_subsystem" + i / 20 % 50 + "_measure" + i / 10 % 10 + "_seconds_total";
            var series = request.series(
                    "__name__",
                    metric,
                    "cpu",
                    Integer.toString(i % 10),
                    "instance",
                    "host-" + i / 1000 + ".example.org:9100",
                    "job",
                    "node-exporter",
                    "mode",
                    values == Values.UNIQUE ? "mode" + i / 20 % 20 + "-" + i : "mode" + i / 20 % 100);
            series.addSamples(MessagesV2.sample(TIME, random.nextInt(1_000_000)));
            if (metadata) {
                series.setMetadata(Metadata.newBuilder()
                        .setType(Metadata.MetricType.METRIC_TYPE_COUNTER)
                        .setHelpRef(request.ref("Seconds that were spent in " + metric)));
            }
        }
        return request.bytes();
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
}
