package io.promgres.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xerial.snappy.Snappy;

class SnappyLengthTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 5_000_000})
    void declaredLengthIsWhatTheEncoderWrote(int length) throws IOException {
        byte[] block = Snappy.compress(new byte[length]);

        assertThat(SnappyLength.declared(block, 0, block.length)).isEqualTo(length);
    }

    @Test
    void declaredLengthIsReadAtTheOffset() {
        assertThat(SnappyLength.declared(new byte[] {-1, (byte) 0x80, 1, -1}, 1, 2))
                .isEqualTo(128);
    }

    @Test
    void theLargestLengthIsThatOfThirtyTwoBits() {
        byte[] largest = {-1, -1, -1, -1, 0x0f};
        byte[] larger = {-1, -1, -1, -1, 0x1f};

        assertThat(SnappyLength.declared(largest, 0, 5)).isEqualTo(0xffff_ffffL);
        assertThat(SnappyLength.declared(larger, 0, 5)).isEqualTo(SnappyLength.UNDECLARED);
    }

    @Test
    void anEmptyOrUnfinishedPreambleDeclaresNothing() {
        assertThat(SnappyLength.declared(new byte[0], 0, 0)).isEqualTo(SnappyLength.UNDECLARED);
        assertThat(SnappyLength.declared(new byte[] {-1, -1}, 0, 2)).isEqualTo(SnappyLength.UNDECLARED);
        assertThat(SnappyLength.declared(new byte[] {-1, -1, -1, -1, -1, 1}, 0, 6))
                .isEqualTo(SnappyLength.UNDECLARED);
    }
}
