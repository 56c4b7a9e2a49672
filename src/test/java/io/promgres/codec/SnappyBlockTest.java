package io.promgres.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.remotewrite.Messages;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnappyBlockTest {

    private static final int LIMIT = 4 << 20;

    private final SnappyBlock snappy = new SnappyBlock(LIMIT);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 65_536, 1_000_000, LIMIT})
    void whatWasCompressedComesBackWhereverItStands(int length) throws Exception {
        byte[] text = text(length);
        byte[] block = Messages.compress(text);
        byte[] surrounded = Messages.join(new byte[3], block, new byte[5]);
        assertThat(snappy.decompress(surrounded, 3, block.length)).isEqualTo(length);
        assertThat(Arrays.copyOf(snappy.bytes(), length)).isEqualTo(text);
    }

    @Test
    void theDensestBlockIsAccepted() throws Exception {
        byte[] zeroes = new byte[LIMIT];
        byte[] block = Messages.compress(zeroes);
        assertThat(snappy.decompress(block, 0, block.length)).isEqualTo(LIMIT);
    }

    @Test
    void theBytesAreThoseOfTheLastBlock() throws Exception {
        byte[] first = Messages.compress(text(100));
        byte[] second = Messages.compress(new byte[100]);
        snappy.decompress(first, 0, first.length);
        byte[] bytes = snappy.bytes();
        snappy.decompress(second, 0, second.length);
        assertThat(snappy.bytes()).isSameAs(bytes).startsWith(new byte[100]);
    }

    @Test
    void moreThanTheLimitIsTooLargeBeforeMemoryIsTaken() {
        byte[] block = Messages.compress(new byte[LIMIT + 1]);
        assertThatThrownBy(() -> snappy.decompress(block, 0, block.length))
                .isInstanceOf(BodyTooLargeException.class)
                .hasMessage("the body declares 4194305 bytes decompressed, the limit is 4194304");
        assertThat(snappy.bytes()).isEmpty();
    }

    @Test
    void theLargestDeclaredLengthIsTooLarge() {
        byte[] body = Messages.bytes(0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0);
        assertThatThrownBy(() -> snappy.decompress(body, 0, body.length)).isInstanceOf(BodyTooLargeException.class);
    }

    @Test
    void aLengthThatTheBodyCannotExpandToIsRefusedBeforeMemoryIsTaken() {
        byte[] body = Messages.join(Messages.varint(LIMIT), new byte[1000]);
        assertThatThrownBy(() -> snappy.decompress(body, 0, body.length))
                .isInstanceOf(MalformedBodyException.class)
                .hasMessageContaining("more than its 1000 bytes can expand to");
        assertThat(snappy.bytes()).isEmpty();
    }

    @Test
    void anEmptyBodyIsNotSnappy() {
        assertMalformed(new byte[0]);
    }

    @Test
    void aPreambleOfMoreThan32BitsIsNotSnappy() {
        assertMalformed(Messages.bytes(0xff, 0xff, 0xff, 0xff, 0x1f, 0));
        assertMalformed(Messages.bytes(0x80, 0x80, 0x80, 0x80, 0x80, 0));
        assertMalformed(Messages.bytes(0x80, 0x80));
    }

    @Test
    void everyTruncatedBlockIsMalformed() {
        byte[] block = Messages.compress(text(300));
        for (int length = 0; length < block.length; length++) {
            assertMalformed(Arrays.copyOf(block, length));
        }
    }

    @Test
    void aBlockWithBytesAfterItsEndIsMalformed() {
        assertMalformed(Messages.join(Messages.compress(text(300)), new byte[1]));
    }

    @Test
    void theFramedFormatIsMalformed() {
        assertMalformed(Messages.join(Messages.bytes(0xff, 6, 0, 0), "sNaPpY".getBytes(), new byte[100]));
    }

    @Test
    void aLargeBufferGoesWhenItIsHardlyUsedForLong() throws Exception {
        byte[] large = Messages.compress(new byte[LIMIT]);
        byte[] small = Messages.compress(new byte[1000]);
        snappy.decompress(large, 0, large.length);
        for (int i = 0; i < 1000; i++) {
            snappy.decompress(small, 0, small.length);
        }
        assertThat(snappy.bytes().length).isLessThan(1 << 20);
    }

    private void assertMalformed(byte[] body) {
        assertThatThrownBy(() -> snappy.decompress(body, 0, body.length)).isInstanceOf(MalformedBodyException.class);
    }

    private static byte[] text(int length) {
        Random random = new Random(length);
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = (byte) ('a' + random.nextInt(4));
        }
        return text;
    }
}
