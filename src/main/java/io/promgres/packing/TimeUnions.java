package io.promgres.packing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Unions of the times of series that are sparse: a union for groups that have most of their times in common, as those of one
 * target have.
 */
final class TimeUnions {

    private static final class Union {
        private final List<long[]> series = new ArrayList<>();
        private long[] times = {};
    }

    private final List<Union> unions = new ArrayList<>();
    private final Map<Long, Union> byTime = new HashMap<>();

    /**
     * Adds a group to the union that has at least half of its times; if none has, it begins one.
     *
     * @param times all of the group, in order
     * @param series the times of each series
     */
    void add(long[] times, List<long[]> series) {
        Map<Union, Integer> common = new HashMap<>();
        for (long time : times) {
            Union having = byTime.get(time);
            if (having != null) {
                common.merge(having, 1, Integer::sum);
            }
        }
        Union union = common.entrySet().stream()
                .filter(entry -> 2 * entry.getValue() >= times.length)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(this::begin);
        union.times = of(union.times, times);
        union.series.addAll(series);
        for (long time : times) {
            byTime.putIfAbsent(time, union);
        }
    }

    private Union begin() {
        Union union = new Union();
        unions.add(union);
        return union;
    }

    /** @param taker of the times of each union, and of those of its series */
    void forEach(BiConsumer<long[], List<long[]>> taker) {
        unions.forEach(union -> taker.accept(union.times, union.series));
    }

    /** The times of both, in order, each once. */
    static long[] of(long[] some, long[] others) {
        if (Arrays.equals(some, others)) {
            return some;
        }
        long[] union = new long[some.length + others.length];
        int i = 0;
        int j = 0;
        int size = 0;
        while (i < some.length || j < others.length) {
            if (j == others.length || i < some.length && some[i] <= others[j]) {
                if (j < others.length && some[i] == others[j]) {
                    j++;
                }
                union[size++] = some[i++];
            } else {
                union[size++] = others[j++];
            }
        }
        return Arrays.copyOf(union, size);
    }
}
