package io.promgres.remoteread;

import io.promgres.codec.BitBuffer;

/** A number that each sample of a chunk has, as it is written from sample to sample. {@link ChunkNumber} reads it. */
interface ChunkNumberWriter {

    /** Writes its next value. */
    void write(BitBuffer out, long next);

    /** A whole number; the chunk has the change of its change. */
    final class Whole implements ChunkNumberWriter {
        private long value;
        private long change;

        Whole(long first) {
            value = first;
        }

        @Override
        public void write(BitBuffer out, long next) {
            long newChange = next - value;
            ChunkInteger.writeSigned(out, newChange - change);
            change = newChange;
            value = next;
        }
    }

    /** The bits of a float; the chunk has those that change. */
    final class Bits implements ChunkNumberWriter {

        /** No window of differing bits yet. */
        private static final int NO_WINDOW = -1;

        private long value;
        private int leading = NO_WINDOW;
        private int trailing;

        Bits(long first) {
            value = first;
        }

        @Override
        public void write(BitBuffer out, long next) {
            long difference = next ^ value;
            value = next;
            if (difference == 0) {
                out.write(0, 1);
                return;
            }
            // Five bits hold the number of leading zeros.
            int newLeading = Math.min(31, Long.numberOfLeadingZeros(difference));
            int newTrailing = Long.numberOfTrailingZeros(difference);
            if (leading != NO_WINDOW && newLeading >= leading && newTrailing >= trailing) {
                out.write(0b10, 2);
            } else {
                leading = newLeading;
                trailing = newTrailing;
                out.write(0b11, 2);
                out.write(leading, 5);
                // Six bits hold the number of differing bits; 64 is written as 0, as there is always one.
                out.write(Long.SIZE - leading - trailing, 6);
            }
            out.write(difference >>> trailing, Long.SIZE - leading - trailing);
        }
    }
}
