package io.promgres.observe;

import io.micrometer.core.instrument.Counter;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/**
 * One counter for each constant of an enum, whose {@code toString} is its label. All of them exist from the start, so
 * that counting allocates nothing. Thread-safe.
 */
public final class CounterByReason<E extends Enum<E>> {

    private final Map<E, Counter> counters;

    CounterByReason(Class<E> reasons, Function<E, Counter> counter) {
        counters = new EnumMap<>(reasons);
        for (E reason : reasons.getEnumConstants()) {
            counters.put(reason, counter.apply(reason));
        }
    }

    /** @param count at least 0 */
    public void add(E reason, int count) {
        counters.get(reason).increment(count);
    }
}
