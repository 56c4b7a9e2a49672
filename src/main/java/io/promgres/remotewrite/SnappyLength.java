package io.promgres.remotewrite;

/** How long a snappy block becomes, as far as can be told without decoding it. */
final class SnappyLength {

    /** The block does not begin with a length. */
    static final long UNDECLARED = -1;

    private static final int MAX_PREAMBLE = 5;

    private SnappyLength() {}

    /**
     * The decoded length that a block declares in its preamble, a little-endian base-128 number below 2^32.
     *
     * @return bytes, or {@link #UNDECLARED}
     */
    static long declared(byte[] bytes, int offset, int length) {
        long value = 0;
        int end = Math.min(length, MAX_PREAMBLE);
        for (int i = 0; i < end; i++) {
            byte b = bytes[offset + i];
            value |= (long) (b & 0x7f) << (7 * i);
            if (b >= 0) {
                return value <= 0xffff_ffffL ? value : UNDECLARED;
            }
        }
        return UNDECLARED;
    }
}
