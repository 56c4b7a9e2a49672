package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.compress;
import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.codec.MalformedBodyException;
import io.promgres.model.DecodedWrite;
import io.promgres.model.NewSeries;
import io.promgres.model.SampleBatch;
import io.promgres.series.SeriesCache;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A decoder of remote write 1.0 whose clock stands still, with an index for the tests to fill. */
abstract class DecoderFixture {

    static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    static final long T = NOW.toEpochMilli();
    static final Limits LIMITS = new Limits(1 << 20, 1000, 5, 20, 40, Duration.ofMinutes(10));

    final SeriesCache index = new SeriesCache(1 << 20);
    final WriteRequestDecoder decoder =
            new WriteRequestDecoder(index, (bytes, from, to) -> false, LIMITS, InstantSource.fixed(NOW));
    final SampleBatch batch = new SampleBatch(8);

    DecodedWrite decode(byte[] message) throws MalformedBodyException, BodyTooLargeException {
        byte[] body = compress(message);
        return decoder.decode(body, 0, body.length, batch);
    }

    static NewSeries only(DecodedWrite write) {
        assertThat(write.unknown()).hasSize(1);
        return write.unknown().get(0);
    }
}
