package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.bytes;
import static io.promgres.remotewrite.Messages.compress;
import static io.promgres.remotewrite.Messages.field;
import static io.promgres.remotewrite.Messages.join;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.model.SampleBatch;
import io.promgres.remoteread.ReadRequestDecoder;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import java.time.InstantSource;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The smallest messages that become the most objects: each field that may be there often has a limit. */
class UnfoldingBodiesTest {

    private static final int BYTES = 16 << 20;

    private final SeriesCache index = new SeriesCache(1 << 20);

    private enum V1 {
        SAMPLES(1, bytes(0x12, 0)),
        EXEMPLARS(1, bytes(0x1a, 0)),
        HISTOGRAMS(1, bytes(0x22, 0)),
        METADATA(0, bytes(0x1a, 3, 0x12, 1, 'a'));

        private final byte[] message;

        V1(int inSeries, byte[] part) {
            message = message(inSeries == 1 ? 1 : 0, part);
        }
    }

    private enum V2 {
        SYMBOLS(0, bytes(0x22, 0)),
        SAMPLES(5, bytes(0x12, 0)),
        HISTOGRAMS(5, bytes(0x1a, 0)),
        EXEMPLARS(5, bytes(0x22, 0));

        private final byte[] message;

        V2(int series, byte[] part) {
            message = message(series, part);
        }
    }

    /** So many of a part that they fill the bytes, within a series if that has a number. */
    private static byte[] message(int series, byte[] part) {
        byte[] all = new byte[BYTES / part.length * part.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = part[i % part.length];
        }
        return series == 0 ? all : field(series, all);
    }

    @ParameterizedTest
    @EnumSource
    void noFieldOf1IsThereWithoutALimit(V1 field) {
        WriteRequestDecoder decoder =
                new WriteRequestDecoder(index, (bytes, from, to) -> false, Limits.DEFAULT, InstantSource.system());
        byte[] body = compress(field.message);

        assertThatThrownBy(() -> decoder.decode(body, 0, body.length, new SampleBatch(8)))
                .isInstanceOf(BodyTooLargeException.class);
    }

    @ParameterizedTest
    @EnumSource
    void noFieldOf2IsThereWithoutALimit(V2 field) {
        WriteRequestV2Decoder decoder = new WriteRequestV2Decoder(
                index,
                new SymbolTable(1 << 20),
                (bytes, from, to) -> false,
                (address, start) -> true,
                Limits.DEFAULT,
                InstantSource.system());
        byte[] body = compress(field.message);

        assertThatThrownBy(() -> decoder.decode(body, 0, body.length, new SampleBatch(8)))
                .isInstanceOf(BodyTooLargeException.class);
    }

    @Test
    void neitherQueriesNorMatchersNorHintsOfReadAreThereWithoutALimit() {
        byte[] queries = message(0, bytes(0x0a, 0));
        byte[] matchers = message(1, bytes(0x1a, 0));
        byte[] hints = field(1, message(4, bytes(0x32, 0)));
        for (byte[] message : Arrays.asList(queries, matchers, hints, join(queries, matchers))) {
            byte[] body = compress(message);

            assertThatThrownBy(() -> ReadRequestDecoder.decode(body, 0, body.length, 64 << 20))
                    .isInstanceOf(BodyTooLargeException.class);
        }
    }
}
