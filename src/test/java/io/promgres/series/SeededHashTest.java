package io.promgres.series;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeededHashTest {

    private final KeyHash hash = new SeededHash(new Random(1));

    @Test
    void theHashDependsOnTheBytesAndNotOnTheirPlace() {
        Random random = new Random(2);
        for (int length = 0; length < 200; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            byte[] shifted = new byte[length + 9];
            random.nextBytes(shifted);
            System.arraycopy(bytes, 0, shifted, 5, length);
            assertThat(hash.hash(shifted, 5, 5 + length)).isEqualTo(hash.hash(bytes, 0, length));
        }
    }

    @Test
    void everyBitOfEveryByteCounts() {
        Random random = new Random(3);
        for (int length = 1; length < 200; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            Set<Long> hashes = new HashSet<>();
            hashes.add(hash.hash(bytes, 0, length));
            for (int bit = 0; bit < 8 * length; bit++) {
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(hashes.add(hash.hash(bytes, 0, length))).isTrue();
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
            }
        }
    }

    @Test
    void zeroesOfDifferentLengthDiffer() {
        Set<Long> hashes = new HashSet<>();
        for (int length = 0; length < 300; length++) {
            assertThat(hashes.add(hash.hash(new byte[length], 0, length))).isTrue();
        }
    }

    /** 16 of the bits that choose the slot, and 16 of those that are kept in it: about 63 % of the values are taken. */
    @Test
    void similarKeysSpreadOverTheLowAndTheHighBits() {
        Set<Long> low = new HashSet<>();
        Set<Long> high = new HashSet<>();
        for (int i = 0; i < 65_536; i++) {
            byte[] key = ("node_cpu_seconds_total, instance host-" + i + ":9100").getBytes();
            long value = hash.hash(key, 0, key.length);
            low.add(value & 0xffff);
            high.add(value >>> 48);
        }
        assertThat(low.size()).isBetween(40_500, 42_500);
        assertThat(high.size()).isBetween(40_500, 42_500);
    }

    @Test
    void twoProcessesHashDifferently() {
        byte[] key = {1, 2, 3};
        assertThat(new SeededHash(new Random(5)).hash(key, 0, 3)).isNotEqualTo(hash.hash(key, 0, 3));
    }
}
