package io.promgres.remotewrite;

import static io.promgres.remotewrite.Messages.bytes;
import static io.promgres.remotewrite.Messages.compress;
import static io.promgres.remotewrite.Messages.field;
import static io.promgres.remotewrite.Messages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.codec.BodyTooLargeException;
import io.promgres.model.SampleBatch;
import io.promgres.remoteread.ReadRequestDecoder;
import io.promgres.series.SeriesCache;
import io.promgres.series.SymbolTable;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
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
        WriteRequestV2Decoder decoder = v2();
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

    /** What small messages become much of, although none of their fields is there more often than it may. */
    private enum Unfolding {
        /** Series of 100 labels whose names and values are long symbols, each named by two references. */
        SERIES_OF_LONG_SYMBOLS {
            @Override
            byte[] message(int i) {
                return join(refs(i), bytes(0x12, 0));
            }
        },
        /** Histograms of such series, of which each has few. */
        HISTOGRAMS_OF_LONG_SYMBOLS {
            @Override
            byte[] message(int i) {
                return join(refs(i), bytes(0x1a, 4, 0x08, 0, 0x30, 0));
            }
        },
        /** Help texts of 64 KiB, all the same symbol. */
        METADATA {
            @Override
            byte[] message(int i) {
                return join(refs(i), bytes(0x2a, 4, 0x08, 1, 0x18, 1));
            }
        };

        abstract byte[] message(int i);

        private static byte[] refs(int i) {
            byte[] all = new byte[2 + 2 * LABELS + 1];
            all[0] = 0x0a;
            all[1] = (byte) (2 * LABELS + 1);
            all[2] = 2;
            all[3] = (byte) (0x80 | i + FIRST_NAME & 0x7f);
            all[4] = (byte) (i + FIRST_NAME >> 7);
            for (int label = 1; label < LABELS; label++) {
                all[3 + 2 * label] = (byte) (2 + label);
                all[4 + 2 * label] = (byte) (2 + label);
            }
            return all;
        }
    }

    private static final int LABELS = 60;
    private static final int FIRST_NAME = 128;
    private static final int MANY_SERIES = 10_000;
    private static final long ROOM = 64 << 20;

    private static byte[] unfolding(Unfolding what) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(field(4, new byte[0]));
        message.writeBytes(field(4, "h".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII)));
        message.writeBytes(field(4, "__name__".getBytes(StandardCharsets.US_ASCII)));
        for (int label = 3; label < FIRST_NAME; label++) {
            message.writeBytes(field(4, ("l".repeat(500) + label).getBytes(StandardCharsets.US_ASCII)));
        }
        for (int i = 0; i < MANY_SERIES; i++) {
            message.writeBytes(field(4, ("m" + i).getBytes(StandardCharsets.US_ASCII)));
        }
        for (int i = 0; i < MANY_SERIES; i++) {
            message.writeBytes(field(5, what.message(i)));
        }
        return message.toByteArray();
    }

    @ParameterizedTest
    @EnumSource
    void whatUnfoldsClaimsItsRoomBeforeItTakesIt(Unfolding what) {
        AtomicLong claimed = new AtomicLong();
        WriteRequestV2Decoder decoder = v2().within(bytes -> claimed.addAndGet(bytes) <= ROOM);
        byte[] body = compress(unfolding(what));
        SampleBatch batch = new SampleBatch(8);

        assertThatThrownBy(() -> decoder.decode(body, 0, body.length, batch)).isInstanceOf(NoRoomException.class);
        assertThat(batch.size()).isZero();
        assertThat(claimed).hasValueLessThan(ROOM + ROOM / 8);
    }

    @Test
    void samplesOfTwoBytesClaimWhatTheyTake() {
        AtomicLong claimed = new AtomicLong();
        WriteRequestDecoder decoder = new WriteRequestDecoder(
                        index, (bytes, from, to) -> false, Limits.DEFAULT, InstantSource.system())
                .within(bytes -> claimed.addAndGet(bytes) <= ROOM);
        byte[] body = compress(message(1, bytes(0x12, 0)));

        assertThatThrownBy(() -> decoder.decode(body, 0, body.length, new SampleBatch(8)))
                .isInstanceOf(NoRoomException.class);
    }

    @Test
    void whatIsNoLargerThanItsMessageClaimsNothing() throws Exception {
        WriteRequestV2Decoder decoder = v2().within(bytes -> {
            throw new AssertionError(bytes + " bytes are claimed");
        });
        byte[] text = "t".repeat(2_000).getBytes(StandardCharsets.US_ASCII);
        byte[] symbols = join(field(4, new byte[0]), field(4, "__name__".getBytes(StandardCharsets.US_ASCII)));
        byte[] message = join(
                symbols, join(field(4, text), field(4, text), field(5, join(bytes(0x0a, 2, 1, 2), bytes(0x12, 0)))));

        assertThat(decoder.decode(compress(message), 0, compress(message).length, new SampleBatch(8))
                        .unknown())
                .hasSize(1);
    }

    private WriteRequestV2Decoder v2() {
        return new WriteRequestV2Decoder(
                index,
                new SymbolTable(1 << 20),
                (bytes, from, to) -> false,
                (address, start) -> true,
                Limits.DEFAULT,
                InstantSource.system());
    }
}
