package io.promgres.remoteread;

import io.promgres.codec.BitBuffer;
import io.promgres.codec.MalformedBodyException;

/**
 * When the samples of a chunk began to count, in Prometheus' encodings XOR2, HISTOGRAM_ST and FLOAT_HISTOGRAM_ST: behind each
 * sample, as differences to the time of the sample before.
 *
 * <p>A byte of the chunk's head says whether the first sample has a start, in its highest bit, and the number of the first sample
 * whose start differs from that of the one before, in the others; 0 if there is none. The first start is the zigzag varint of its
 * distance to its own sample. Nothing follows until one differs; from there on each sample has the change of the difference. Source
 * of the format: Prometheus, tsdb/chunkenc/st.go.
 */
final class ChunkStarts {

    private static final int FIRST_IS_KNOWN = 0x80;

    /** From here on a chunk says each start, since no later number fits into its head. */
    private static final int MOST_NUMBER = 0x7f;

    private ChunkStarts() {}

    /** For one chunk. */
    static final class Writer {
        private int count;
        private long start;
        private long difference;
        private long before;
        private int header;

        /**
         * Writes the start of a sample, behind the sample.
         *
         * @param time of the sample, milliseconds since the epoch
         * @param next its start, 0 if it is not known
         */
        void write(BitBuffer out, long time, long next) {
            if (count == 0) {
                if (next != 0) {
                    header = FIRST_IS_KNOWN;
                    long distance = time - next;
                    out.writeVarint(distance << 1 ^ distance >> 63);
                }
            } else if ((header & MOST_NUMBER) != 0) {
                long newDifference = before - next;
                ChunkInteger.writeSigned(out, newDifference - difference);
                difference = newDifference;
            } else if (next != start || count == MOST_NUMBER) {
                header |= count;
                difference = before - next;
                ChunkInteger.writeSigned(out, difference);
            }
            start = next;
            before = time;
            count++;
        }

        /** The byte of the chunk's head. */
        int header() {
            return header;
        }
    }

    /** For one chunk. */
    static final class Reader {
        private final boolean isFirstKnown;
        private final int firstChange;
        private int count;
        private long start;
        private long difference;
        private long before;

        /** @param header the byte of the chunk's head */
        Reader(long header) {
            isFirstKnown = (header & FIRST_IS_KNOWN) != 0;
            firstChange = (int) (header & MOST_NUMBER);
        }

        /**
         * Reads the start of a sample, behind the sample.
         *
         * @param time of the sample, milliseconds since the epoch
         * @return 0 if it is not known
         */
        long read(ChunkBits in, long time) throws MalformedBodyException {
            if (count == 0) {
                start = isFirstKnown ? time - in.signedVarint() : 0;
            } else if (firstChange > 0 && count >= firstChange) {
                long change = in.signed();
                difference = count == firstChange ? change : difference + change;
                start = before - difference;
            }
            before = time;
            count++;
            return start;
        }
    }
}
