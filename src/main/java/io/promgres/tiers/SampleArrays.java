package io.promgres.tiers;

import java.util.Arrays;

/**
 * The samples of one series: a growable pair of arrays, in the order of their times once {@link #sort} was called. Belongs to
 * who reads it. Not thread-safe.
 */
public final class SampleArrays {

    private static final int FIRST_CAPACITY = 16;

    private long[] times;
    private double[] values;
    private int size;
    private boolean sorted = true;

    public SampleArrays(int capacity) {
        times = new long[capacity];
        values = new double[capacity];
    }

    /** Milliseconds since the epoch; the first {@link #size} count. Not a copy. */
    public long[] times() {
        return times;
    }

    /** With all of their 64 bits; the first {@link #size} count. Not a copy. */
    public double[] values() {
        return values;
    }

    public int size() {
        return size;
    }

    public void add(long time, double value) {
        reserve(1);
        times[size] = time;
        values[size++] = value;
        check(size - 1);
    }

    /** Room for so many more, to be filled from index {@link #size} on; then {@link #added}. */
    void reserve(int more) {
        if (size + more > times.length) {
            int capacity = Math.max(size + more, Math.max(FIRST_CAPACITY, size * 2));
            times = Arrays.copyOf(times, capacity);
            values = Arrays.copyOf(values, capacity);
        }
    }

    /** So many samples in the order of their times were put behind the last one. */
    void added(int more) {
        int from = size;
        size += more;
        if (more > 0) {
            check(from);
        }
    }

    private void check(int at) {
        sorted &= at == 0 || times[at - 1] < times[at];
    }

    /** Brings the samples into the order of their times. What is in order already is left as it is. */
    void sort() {
        if (sorted) {
            return;
        }
        int[] ends = ascendingRuns();
        while (ends.length > 1) {
            ends = mergePairs(ends);
        }
        sorted = true;
    }

    private int[] ascendingRuns() {
        int[] ends = new int[FIRST_CAPACITY];
        int runs = 0;
        for (int i = 1; i <= size; i++) {
            if (i == size || times[i] <= times[i - 1]) {
                ends = runs == ends.length ? Arrays.copyOf(ends, runs * 2) : ends;
                ends[runs++] = i;
            }
        }
        return Arrays.copyOf(ends, runs);
    }

    private int[] mergePairs(int[] ends) {
        long[] mergedTimes = new long[size];
        double[] mergedValues = new double[size];
        int[] mergedEnds = new int[(ends.length + 1) / 2];
        int from = 0;
        for (int run = 0; run < ends.length; run += 2) {
            int middle = ends[run];
            int end = run + 1 < ends.length ? ends[run + 1] : middle;
            int left = from;
            int right = middle;
            for (int at = from; at < end; at++) {
                int next = right == end || left < middle && times[left] <= times[right] ? left++ : right++;
                mergedTimes[at] = times[next];
                mergedValues[at] = values[next];
            }
            mergedEnds[run / 2] = end;
            from = end;
        }
        times = mergedTimes;
        values = mergedValues;
        return mergedEnds;
    }
}
