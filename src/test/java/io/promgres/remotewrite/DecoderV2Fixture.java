package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.compress;
import static io.promgres.remotewrite.MessagesV2.packedRefs;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.MalformedBodyException;
import io.promgres.model.DecodedWrite;
import io.promgres.model.NewSeries;
import io.promgres.model.SampleBatch;
import io.promgres.model.StartIndex;
import io.promgres.series.KnownMetadata;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A decoder of remote write 2.0 whose clock stands still, with an index for the tests to fill. */
abstract class DecoderV2Fixture {

    static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    static final long T = NOW.toEpochMilli();
    static final Limits LIMITS = new Limits(1 << 20, 1000, 5, 20, 40, Duration.ofMinutes(10));

    /** The references of {__name__="up"} in symbolFields("__name__", "up", ...). */
    static final byte[] UP = packedRefs(1, 2);

    final SeriesCache index = new SeriesCache(1 << 20);
    final KnownMetadata known = new KnownMetadata(1 << 20);
    final StartIndex starts = (address, start) -> address == 64 && start == T - 1000;
    final WriteRequestV2Decoder decoder = new WriteRequestV2Decoder(
            index.reader(), new SymbolTable(1 << 20), known, starts, LIMITS, InstantSource.fixed(NOW));
    final SampleBatch batch = new SampleBatch(8);

    DecodedWrite decode(byte[] message) throws MalformedBodyException, BodyTooLargeException {
        byte[] body = compress(message);
        batch.clear();
        return decoder.decode(body, 0, body.length, batch);
    }

    static NewSeries only(DecodedWrite write) {
        assertThat(write.unknown()).hasSize(1);
        return write.unknown().get(0);
    }
}
