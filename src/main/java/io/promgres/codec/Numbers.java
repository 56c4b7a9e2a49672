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

    /** Adds the numbers of another one. */
    public void addAll(Numbers others) {
        for (int i = 0; i < others.size; i++) {
            add(others.numbers[i]);
        }
    }

    /** Whether another one has the same numbers in the same order. */
    public boolean isSameAs(Numbers other) {
        return Arrays.equals(numbers, 0, size, other.numbers, 0, other.size);
    }

    /** Takes the numbers of another one in place of its own. */
    public void copy(Numbers other) {
        clear();
        addAll(other);
    }
}
