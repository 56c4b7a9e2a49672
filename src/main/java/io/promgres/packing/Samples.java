package io.promgres.packing;

import java.util.Arrays;

/**
 * Samples of one series in order of time: a growable pair of arrays.
 *
 * <p>Times are milliseconds since the epoch, values their 64 bits.
 */
public final class Samples {

    private long[] times;
    private long[] bits;
    private int size;

    public Samples(int capacity) {
        times = new long[capacity];
        bits = new long[capacity];
    }

    /** @param time later than those before */
    public void add(long time, long valueBits) {
        if (size == times.length) {
            times = Arrays.copyOf(times, Math.max(16, size * 2));
            bits = Arrays.copyOf(bits, times.length);
        }
        times[size] = time;
        bits[size] = valueBits;
        size++;
    }

    public int size() {
        return size;
    }

    public long time(int i) {
        return times[i];
    }

    public long bits(int i) {
        return bits[i];
    }

    /** The times of samples {@code [from, to)}. */
    long[] times(int from, int to) {
        return Arrays.copyOfRange(times, from, to);
    }

    /** The values of samples {@code [from, to)}. */
    long[] bits(int from, int to) {
        return Arrays.copyOfRange(bits, from, to);
    }

    /** These samples and then those of the other; where they are not later, those of both as by {@link #mergedWith}. */
    Samples followedBy(Samples later) {
        if (size > 0 && later.size > 0 && later.times[0] <= times[size - 1]) {
            return mergedWith(later);
        }
        if (size + later.size > times.length) {
            times = Arrays.copyOf(times, Math.max(size + later.size, size * 2));
            bits = Arrays.copyOf(bits, times.length);
        }
        System.arraycopy(later.times, 0, times, size, later.size);
        System.arraycopy(later.bits, 0, bits, size, later.size);
        size += later.size;
        return this;
    }

    /** The samples of both; of two of one time, the one here stays. */
    public Samples mergedWith(Samples other) {
        Samples merged = new Samples(size + other.size);
        int i = 0;
        int j = 0;
        while (i < size || j < other.size) {
            if (j == other.size || i < size && times[i] <= other.times[j]) {
                if (j < other.size && times[i] == other.times[j]) {
                    j++;
                }
                merged.add(times[i], bits[i]);
                i++;
            } else {
                merged.add(other.times[j], other.bits[j]);
                j++;
            }
        }
        return merged;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Samples that
                && Arrays.equals(times, 0, size, that.times, 0, that.size)
                && Arrays.equals(bits, 0, size, that.bits, 0, that.size);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(times(0, size));
    }

    @Override
    public String toString() {
        return size + " samples";
    }
}
