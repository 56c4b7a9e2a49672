package io.promgres.bench;

import io.promgres.model.DecodedWrite;
import io.promgres.model.NewSeries;
import io.promgres.model.SampleBatch;
import io.promgres.model.SeriesIndex;
import io.promgres.remotewrite.Limits;
import io.promgres.remotewrite.WriteRequestDecoder;
import io.promgres.remotewrite.WriteRequestV2Decoder;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import java.time.InstantSource;
import java.util.List;

/** Decodes the bodies of one scrape on one thread, finds their series, and throws everything away. */
final class DecoderAlone implements Yardstick {

    private static final long CACHE_BYTES = 1L << 30;
    private static final int SYMBOL_BYTES = 256 << 20;

    private final SampleBatch batch = new SampleBatch(2_500);
    private final List<byte[]> bodies;
    private final Decoder decoder;

    private interface Decoder {
        DecodedWrite decode(byte[] body, SampleBatch into) throws Exception;
    }

    DecoderAlone(Load load) throws Exception {
        bodies = load.requests("localhost").stream()
                .flatMap(List::stream)
                .map(request -> request.body(0))
                .toList();
        SeriesCache cache = new SeriesCache(CACHE_BYTES);
        decoder = decoder(load.protocol(), cache.reader());
        long address = 64;
        for (byte[] body : bodies) {
            for (NewSeries series : decoder.decode(body, batch).unknown()) {
                cache.put(series.key(), address++);
            }
        }
    }

    private static Decoder decoder(Protocol protocol, SeriesIndex index) {
        InstantSource clock = InstantSource.system();
        if (protocol == Protocol.V1) {
            WriteRequestDecoder one = new WriteRequestDecoder(index, (bytes, from, to) -> true, Limits.DEFAULT, clock);
            return (body, into) -> one.decode(body, 0, body.length, into);
        }
        WriteRequestV2Decoder two = new WriteRequestV2Decoder(
                index,
                new SymbolTable(SYMBOL_BYTES),
                (bytes, from, to) -> true,
                (address, start) -> true,
                Limits.DEFAULT,
                clock);
        return (body, into) -> two.decode(body, 0, body.length, into);
    }

    @Override
    public String name() {
        return "decoder alone, one thread";
    }

    @Override
    public boolean stores() {
        return false;
    }

    @Override
    public void prepare() {}

    @Override
    public long run() throws Exception {
        long samples = 0;
        for (byte[] body : bodies) {
            batch.clear();
            samples += decoder.decode(body, batch).known().size();
        }
        return samples;
    }

    @Override
    public void close() {}
}
