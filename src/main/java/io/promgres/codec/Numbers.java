package io.promgres.codec;

import java.util.Arrays;

/** Numbers of 64 bits in a row. A growable buffer, reused. */
public final class Numbers {

    /** Room for up to this many is kept. */
    private static final int ALWAYS_KEPT = 1 << 10;

    private long[] numbers = new long[16];
    private int size;

    public void clear() {
        size = 0;
        if (numbers.length > ALWAYS_KEPT) {
            numbers = new long[16];
        }
    }

    public void add(long number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, size * 2);
        }
        numbers[size++] = number;
    }

    public int size() {
        return size;
    }

    public long get(int i) {
        return numbers[i];
    }

    public void set(int i, long number) {
        numbers[i] = number;
    }

    /** Takes the numbers of another one in place of its own. */
    public void copy(Numbers other) {
        clear();
        for (int i = 0; i < other.size; i++) {
            add(other.numbers[i]);
        }
    }
}
