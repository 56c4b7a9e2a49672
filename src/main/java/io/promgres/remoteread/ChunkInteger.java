package io.promgres.remoteread;

import io.promgres.codec.BitBuffer;

/**
 * Whole numbers as Prometheus' chunks of histograms have them: a prefix of ones and a zero says how many bits follow.
 * {@link ChunkBits} reads them.
 */
final class ChunkInteger {

    /** The widths of numbers that take fewer bits than 64. */
    static final int[] WIDTHS = {3, 6, 9, 12, 18, 25, 56};

    private ChunkInteger() {}

    static void writeSigned(BitBuffer out, long number) {
        int prefix = 0;
        if (number != 0) {
            prefix++;
            // The format's own range: one more above than below zero.
            while (prefix <= WIDTHS.length
                    && (number > 1L << WIDTHS[prefix - 1] - 1 || number <= -(1L << WIDTHS[prefix - 1] - 1))) {
                prefix++;
            }
        }
        write(out, number, prefix);
    }

    static void writeUnsigned(BitBuffer out, long number) {
        int prefix = 0;
        if (number != 0) {
            prefix++;
            while (prefix <= WIDTHS.length && number >>> WIDTHS[prefix - 1] != 0) {
                prefix++;
            }
        }
        write(out, number, prefix);
    }

    /** @param prefix the number of ones in front; the last prefix has no zero behind */
    private static void write(BitBuffer out, long number, int prefix) {
        if (prefix > WIDTHS.length) {
            out.write(0xff, prefix);
            out.write(number, Long.SIZE);
            return;
        }
        out.write((1L << prefix) - 1 << 1, prefix + 1);
        if (prefix > 0) {
            out.write(number, WIDTHS[prefix - 1]);
        }
    }
}
