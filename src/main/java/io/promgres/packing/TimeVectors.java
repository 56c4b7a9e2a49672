package io.promgres.packing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The times that the series of one block have in common. A family is a list of times of any length; it is stored as time
 * vectors of up to {@value #TICKS} ticks, of which only those are made that a series uses.
 *
 * <p>A series belongs to a family if all of its times are in there; its values then are runs between the ticks that it
 * misses. A tick costs about as much as a run: a family of its own is for a series that would be in about as many runs
 * as it has samples; where others have the same times, they share its cost. So all series are announced before the first is placed.
 */
final class TimeVectors {

    /** Float8 values of so many ticks fit twice into a page of 8 KiB. */
    static final int TICKS = 480;

    private static final int CANDIDATES = 8;
    private static final int TICK_BYTES = 118;
    private static final int RUN_BYTES = 110;

    /** Runs of a series on a family. */
    record Placement(Family family, List<Run> runs) {}

    /**
     * Consecutive values of a series on one time vector.
     *
     * @param chunk the vector's number in its family
     * @param tick of the first value, from 1
     * @param from index of the first value in the series
     * @param length in values
     */
    record Run(int chunk, int tick, int from, int length) {}

    /** Times, and the vectors that have been made of them. */
    static final class Family {
        private final long[] times;

        Family(long[] times) {
            this.times = times;
        }

        /** The times of a vector. */
        long[] chunk(int chunk) {
            return Arrays.copyOfRange(times, chunk * TICKS, Math.min(times.length, (chunk + 1) * TICKS));
        }
    }

    private record Times(long[] times) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Times that && Arrays.equals(times, that.times);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(times);
        }
    }

    private final Map<Times, Integer> sharers = new HashMap<>();
    private final Map<Times, Family> families = new HashMap<>();
    private final Map<Long, List<Family>> byTime = new HashMap<>();

    /** Counts a series that will be placed, by its times. */
    void announce(long[] times) {
        sharers.merge(new Times(times), 1, Integer::sum);
    }

    /** Makes a family, or finds the one of the same times. */
    Family family(long[] times) {
        Times key = new Times(times);
        Family known = families.get(key);
        if (known != null) {
            return known;
        }
        Family made = new Family(times);
        families.put(key, made);
        for (long time : times) {
            List<Family> having = byTime.computeIfAbsent(time, t -> new ArrayList<>(1));
            if (having.size() < CANDIDATES) {
                having.add(made);
            }
        }
        return made;
    }

    /** Places a series on the family that costs least, if need be one of its own. */
    Placement place(Samples samples) {
        Placement best = null;
        for (Family family : byTime.getOrDefault(samples.time(0), List.of())) {
            List<Run> runs = runs(samples, family);
            if (runs != null && (best == null || runs.size() < best.runs().size())) {
                best = new Placement(family, runs);
            }
        }
        int ownCost = samples.size() * TICK_BYTES / sharers.getOrDefault(new Times(samples.times()), 1) + RUN_BYTES;
        if (best != null && best.runs().size() * RUN_BYTES <= ownCost) {
            return best;
        }
        Family own = family(samples.times());
        return new Placement(own, runs(samples, own));
    }

    /** The runs of a series on a family, null if a time of it is not in there. */
    static List<Run> runs(Samples samples, Family family) {
        List<Run> runs = new ArrayList<>();
        int at = Arrays.binarySearch(family.times, samples.time(0));
        if (at < 0) {
            return null;
        }
        int i = 0;
        while (i < samples.size()) {
            while (at < family.times.length && family.times[at] < samples.time(i)) {
                at++;
            }
            int from = i;
            int begin = at;
            while (i < samples.size()
                    && at < family.times.length
                    && family.times[at] == samples.time(i)
                    && at / TICKS == begin / TICKS) {
                i++;
                at++;
            }
            if (i == from) {
                return null;
            }
            runs.add(new Run(begin / TICKS, begin % TICKS + 1, from, i - from));
        }
        return runs;
    }
}
