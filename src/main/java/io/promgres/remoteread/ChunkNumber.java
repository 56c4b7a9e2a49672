package io.promgres.remoteread;

import io.promgres.codec.MalformedBodyException;

/** A number that each sample of a chunk has, such as its time or one bucket, followed from sample to sample. */
interface ChunkNumber {

    /** Reads its next value. */
    void advance(ChunkBits in) throws MalformedBodyException;

    /** Its value in this sample: a number, or the bits of a float. */
    long value();

    /** A whole number; the chunk has the change of its change. */
    final class Whole implements ChunkNumber {
        private long value;
        private long change;

        Whole(long first) {
            value = first;
        }

        @Override
        public void advance(ChunkBits in) throws MalformedBodyException {
            change += in.signed();
            value += change;
        }

        @Override
        public long value() {
            return value;
        }
    }

    /** The bits of a float; the chunk has those that change. */
    final class Bits implements ChunkNumber {
        private long value;
        private int leading;
        private int width;

        Bits(long first) {
            value = first;
        }

        @Override
        public void advance(ChunkBits in) throws MalformedBodyException {
            if (in.bits(1) == 0) {
                return;
            }
            if (in.bits(1) == 1) {
                leading = (int) in.bits(5);
                width = (int) in.bits(6);
                width = width == 0 ? Long.SIZE : width;
            }
            int trailing = Long.SIZE - leading - width;
            if (trailing < 0 || width == 0) {
                throw new MalformedBodyException("a chunk with a value of more than 64 bits, or of none");
            }
            value ^= in.bits(width) << trailing;
        }

        @Override
        public long value() {
            return value;
        }
    }
}
