package io.promgres.wire;

import java.util.Arrays;

/** Numbers of 64 bits in a row. A growable buffer, reused. */
final class Numbers {

    /** Room for up to this many is kept. */
    private static final int ALWAYS_KEPT = 1 << 10;

    private long[] numbers = new long[16];
    private int size;

    void clear() {
        size = 0;
        if (numbers.length > ALWAYS_KEPT) {
            numbers = new long[16];
        }
    }

    void add(long number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, size * 2);
        }
        numbers[size++] = number;
    }

    int size() {
        return size;
    }

    long get(int i) {
        return numbers[i];
    }

    void set(int i, long number) {
        numbers[i] = number;
    }

    /** Takes the numbers of another one in place of its own. */
    void copy(Numbers other) {
        clear();
        for (int i = 0; i < other.size; i++) {
            add(other.numbers[i]);
        }
    }
}
