package io.promgres.model;

import java.util.Arrays;

/**
 * Samples of known series, in order of arrival: a growable buffer of primitive arrays, not thread-safe.
 *
 * <p>A value is its 64 bits (IEEE 754), never a {@code double}, so that the payloads of NaNs survive.
 */
public final class SampleBatch {

    private long[] addresses;
    private long[] times;
    private long[] bits;
    private int size;
    private long epoch;

    public SampleBatch(int capacity) {
        addresses = new long[capacity];
        times = new long[capacity];
        bits = new long[capacity];
    }

    /**
     * @param address see {@link SeriesAddress}
     * @param time milliseconds since the epoch
     * @param valueBits the value's 64 bits
     */
    public void add(long address, long time, long valueBits) {
        if (size == times.length) {
            int capacity = Math.max(64, size * 2);
            addresses = Arrays.copyOf(addresses, capacity);
            times = Arrays.copyOf(times, capacity);
            bits = Arrays.copyOf(bits, capacity);
        }
        addresses[size] = address;
        times[size] = time;
        bits[size] = valueBits;
        size++;
    }

    public int size() {
        return size;
    }

    /** How many samples fit without growing. */
    public int capacity() {
        return times.length;
    }

    /** @param removals the epoch of removals before the first address was looked up */
    public void lookedUpAt(long removals) {
        epoch = removals;
    }

    /** See {@link #lookedUpAt}. */
    public long epoch() {
        return epoch;
    }

    public long address(int i) {
        return addresses[i];
    }

    /** Milliseconds since the epoch. */
    public long time(int i) {
        return times[i];
    }

    public long bits(int i) {
        return bits[i];
    }

    public void clear() {
        size = 0;
    }

    /** Forgets the samples from index {@code newSize} on. */
    public void truncate(int newSize) {
        size = Math.min(size, newSize);
    }
}
