package io.promgres.store;

import io.promgres.model.LandingRows;
import java.util.Arrays;

/** Which landing rows are to be written, in their order. A buffer that is used again; not thread-safe. */
final class RowSelection {

    private int[] numbers = new int[1024];
    private int size;

    void clear() {
        size = 0;
    }

    /** @param row as {@link LandingRows} numbers it */
    void add(int row) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, size * 2);
        }
        numbers[size++] = row;
    }

    int size() {
        return size;
    }

    int get(int i) {
        return numbers[i];
    }

    /** Those from the i-th on until before another, as a selection of their own. */
    RowSelection part(int from, int to) {
        RowSelection part = new RowSelection();
        for (int i = from; i < to; i++) {
            part.add(numbers[i]);
        }
        return part;
    }
}
