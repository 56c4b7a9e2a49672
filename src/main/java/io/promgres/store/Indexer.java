package io.promgres.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Things to be looked up together: each once, numbered from 0 in order of arrival. Not thread-safe. */
final class Indexer<T> {

    private final Map<T, Integer> numbers = new HashMap<>();
    private final List<T> things = new ArrayList<>();

    /** The number of a thing, which it gets now if it has none. */
    int add(T thing) {
        Integer known = numbers.putIfAbsent(thing, things.size());
        if (known != null) {
            return known;
        }
        things.add(thing);
        return things.size() - 1;
    }

    /** The number of a thing that has been added. */
    int number(T thing) {
        return numbers.get(thing);
    }

    /** By their numbers. */
    List<T> things() {
        return things;
    }
}
