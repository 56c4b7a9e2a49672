package io.promgres.bench;

import java.nio.ByteBuffer;

/** Times as varints, which from 1971 to 2109 have one length. */
final class Varint {

    /** Bytes of a time in milliseconds between 2^35 and 2^42. */
    static final int TIME_BYTES = 6;

    private Varint() {}

    /** @param time milliseconds since the epoch */
    static void putTime(ByteBuffer into, int position, long time) {
        for (int i = 0; i < TIME_BYTES - 1; i++) {
            into.put(position + i, (byte) (time >>> 7 * i | 0x80));
        }
        into.put(position + TIME_BYTES - 1, (byte) (time >>> 7 * (TIME_BYTES - 1)));
    }
}
