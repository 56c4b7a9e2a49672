package io.promgres.model;

import java.util.Arrays;

/**
 * Rows for the landing table in the making: what each series group delivered at each time. A buffer of fixed size, not
 * thread-safe; {@link #clear} makes it new.
 *
 * <p>Of two samples of one series and time the first stays, as in the database. 16,384 rows take 9 MiB.
 */
public final class LandingRows {

    private static final int INDEX_BITS = 20;

    private final int capacity;
    private final long[] groups;
    private final long[] times;
    private final long[] present;
    private final long[] values;
    // Open addressing, twice the capacity: row + 1, 0 is free.
    private final int[] table;
    private final long[] order;
    private int size;
    private int samples;
    private int differing;
    private int last;

    /** @param capacity the number of rows, a power of two, at most 1,048,576 */
    public LandingRows(int capacity) {
        if (Integer.bitCount(capacity) != 1 || capacity > 1 << INDEX_BITS) {
            throw new IllegalArgumentException("not a power of two up to 2^20: " + capacity);
        }
        this.capacity = capacity;
        groups = new long[capacity];
        times = new long[capacity];
        present = new long[capacity];
        values = new long[capacity * SeriesAddress.SLOTS];
        table = new int[capacity * 2];
        order = new long[capacity];
    }

    /**
     * Adds a sample.
     *
     * @param time milliseconds since the epoch
     * @return false if there is no room for its row: nothing was added
     */
    public boolean add(long address, long time, long bits) {
        int row = row(SeriesAddress.group(address), time);
        if (row < 0) {
            return false;
        }
        int slot = SeriesAddress.slot(address) - 1;
        if ((present[row] & 1L << slot) == 0) {
            present[row] |= 1L << slot;
            values[row * SeriesAddress.SLOTS + slot] = bits;
            samples++;
        } else if (values[row * SeriesAddress.SLOTS + slot] != bits) {
            differing++;
        }
        return true;
    }

    private int row(long group, long time) {
        // A scrape's samples come one after the other.
        if (last < size && groups[last] == group && times[last] == time) {
            return last;
        }
        int mask = table.length - 1;
        int at = hash(group, time) & mask;
        for (; table[at] != 0; at = at + 1 & mask) {
            int row = table[at] - 1;
            if (groups[row] == group && times[row] == time) {
                return last = row;
            }
        }
        if (size == capacity) {
            return -1;
        }
        groups[size] = group;
        times[size] = time;
        present[size] = 0;
        table[at] = size + 1;
        return last = size++;
    }

    private static int hash(long group, long time) {
        long h = (group * 0x9E3779B97F4A7C15L + time) * 0xC2B2AE3D27D4EB4FL;
        return (int) (h >>> 32);
    }

    /**
     * The rows in the order of their groups, and within a group in order of arrival.
     *
     * @return row numbers in the low {@value #INDEX_BITS} bits (see {@link #rowOf}), {@link #size} of them; dies with the
     *     next call
     */
    public long[] ordered() {
        for (int row = 0; row < size; row++) {
            order[row] = groups[row] << INDEX_BITS | row;
        }
        Arrays.sort(order, 0, size);
        return order;
    }

    /** The row number of an element of {@link #ordered}. */
    public static int rowOf(long ordered) {
        return (int) (ordered & (1 << INDEX_BITS) - 1);
    }

    public int size() {
        return size;
    }

    /** How many samples the rows hold; a second one of a series and time is not counted. */
    public int samples() {
        return samples;
    }

    /** How many samples were not taken because their series and time had another value. */
    public int differing() {
        return differing;
    }

    public long group(int row) {
        return groups[row];
    }

    /** Milliseconds since the epoch. */
    public long time(int row) {
        return times[row];
    }

    /** The highest slot that has a value, 1 to 64. */
    public int length(int row) {
        return Long.SIZE - Long.numberOfLeadingZeros(present[row]);
    }

    /** The slots that have a value: bit 0 is slot 1. */
    public long present(int row) {
        return present[row];
    }

    /** @param slot 1 to 64 */
    public boolean has(int row, int slot) {
        return (present[row] >>> slot - 1 & 1) != 0;
    }

    /** Whether every slot up to the highest one has a value. */
    public boolean isFull(int row) {
        return (present[row] & present[row] + 1) == 0;
    }

    /** The 64 bits of a slot's value; garbage if it has none. */
    public long bits(int row, int slot) {
        return values[row * SeriesAddress.SLOTS + slot - 1];
    }

    public void clear() {
        if (size > 0) {
            Arrays.fill(table, 0);
        }
        size = 0;
        samples = 0;
        differing = 0;
        last = 0;
    }
}
