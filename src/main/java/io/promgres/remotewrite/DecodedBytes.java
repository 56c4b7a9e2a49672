package io.promgres.remotewrite;

import io.promgres.model.LabelSet;

/**
 * What the decoded form of a request takes: estimated while it grows, before it is there, and claimed where it is more than the
 * message, which is claimed already. A request that unfolds into more than there is ends in a {@link NoRoomException}. One
 * thread at a time.
 */
final class DecodedBytes {

    /** Times and bits of a sample, in the buffer of its series and in the batch, which grow by halves and by doubles. */
    static final int SAMPLE = 64;

    static final int SYMBOL = 24;
    static final int START = 48;
    static final int HISTOGRAM = 128;
    static final int EXEMPLAR = 128;
    static final int METADATA = 256;
    static final int SERIES = 192;

    /** A String and its array, without its characters. */
    static final int TEXT = 48;

    /** Decoders do not keep the buffers that a larger message needs. */
    static final int LARGEST_KEPT = 4 << 20;

    // A request of one new series claims little, one of many is not asked for each.
    private static final int STEP = 1 << 12;
    private static final int GROWTH = 16;

    /** Gives room. */
    interface Room {

        Room ENDLESS = bytes -> true;

        /**
         * Claims more.
         *
         * @return whether it is there
         * @throws NoRoomException if so much is never there
         */
        boolean claim(long bytes);
    }

    private Room room = Room.ENDLESS;
    private long taken;
    private long claimed;

    /** From now on requests claim here. */
    void claimFrom(Room other) {
        room = other;
    }

    /** @param size of the message, bytes */
    void beginRequest(int size) {
        taken = 0;
        // A large message is in memory beside what it becomes; a small one in a buffer that is there anyway.
        claimed = size <= LARGEST_KEPT ? size : 0;
    }

    void add(long bytes) {
        taken += bytes;
        if (taken > claimed) {
            long more = Math.max(taken - claimed, Math.max(STEP, claimed / GROWTH));
            if (!room.claim(more)) {
                throw NoRoomException.now();
            }
            claimed += more;
        }
    }

    void add(LabelSet labels) {
        add(SERIES + 2L * TEXT * labels.size() + labels.characters());
    }
}
