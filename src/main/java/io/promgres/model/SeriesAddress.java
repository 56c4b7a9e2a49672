package io.promgres.model;

/**
 * Where a series lands: its group and its slot in that group, in one {@code long}, so that the write path carries
 * addresses in primitive arrays.
 *
 * <p>Bits 0 to 5 hold {@code slot - 1}, the bits above them the group.
 */
public final class SeriesAddress {

    /** A group has at most this many slots. */
    public static final int SLOTS = 64;

    /** Not an address: the series is not known. */
    public static final long UNKNOWN = -1;

    private static final int SLOT_BITS = 6;

    private SeriesAddress() {}

    /**
     * @param group a group id, from 1
     * @param slot a slot, 1 to {@value #SLOTS}
     */
    public static long of(long group, int slot) {
        return group << SLOT_BITS | slot - 1;
    }

    public static long group(long address) {
        return address >>> SLOT_BITS;
    }

    /** The slot, 1 to {@value #SLOTS}. */
    public static int slot(long address) {
        return (int) (address & SLOTS - 1) + 1;
    }
}
