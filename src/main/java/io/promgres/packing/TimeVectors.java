package io.promgres.packing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The times that the series of one block have in common. A family is a list of times of any length; it is stored as time
 * vectors of up to {@value #TICKS} ticks, of which only those are made that a series uses.
 *
 * <p>A series belongs to a family if all of its times are in there; its values then are runs between the ticks that it
 * misses, or one run with holes. A tick costs about as much as a run: a family of its own is for a series that would be in
 * about as many runs as it has samples; where others have the same times, they share its cost. So all series are announced
 * before the first is placed. Series that have few of their times in common may share the union of them: {@link #offer}.
 */
final class TimeVectors {

    static final int TICKS = EncodedValues.MOST;

    private static final int CANDIDATES = 8;
    private static final int TICK_BYTES = 118;
    private static final int RUN_BYTES = 110;
    private static final int MASK_HEADER_BYTES = 8;

    /** So many ticks at most are looked at for a sample that is read. */
    private static final int TICKS_A_SAMPLE = 16;

    /** More runs than these on one vector are slower to read than one with holes. */
    private static final int RUNS_OF_A_VECTOR = 4;

    /** Runs of a series on a family. */
    record Placement(Family family, List<Run> runs, int bytes) {}

    /**
     * Values of a series on one time vector.
     *
     * @param chunk the vector's number in its family
     * @param from index of the first value in the series
     */
    record Run(int chunk, Ticks ticks, int from) {

        int length() {
            return ticks.count();
        }
    }

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

        /** Where times are in here, null if one is not. */
        private int[] positions(long[] some) {
            int at = Arrays.binarySearch(times, some[0]);
            if (at < 0 || some.length > times.length - at) {
                return null;
            }
            int[] positions = new int[some.length];
            for (int i = 0; i < some.length; i++) {
                while (at < times.length && times[at] < some[i]) {
                    at++;
                }
                if (at == times.length || times[at] != some[i]) {
                    return null;
                }
                positions[i] = at;
            }
            return positions;
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

    private final boolean holes;
    private final Map<Times, Integer> sharers = new HashMap<>();
    private final Map<Times, Family> families = new HashMap<>();
    private final Map<Long, List<Family>> byTime = new HashMap<>();

    /** @param holes whether a run may have holes */
    TimeVectors(boolean holes) {
        this.holes = holes;
    }

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

    /**
     * Makes a family of the union of the times of series, if that costs less than to do without it. All are announced.
     *
     * @param union all times of the series
     * @param series the times of each
     */
    void offer(long[] union, List<long[]> series) {
        Family family = new Family(union);
        long with = (long) union.length * TICK_BYTES;
        long without = 0;
        for (long[] times : series) {
            int own = bytesAlone(times);
            Placement known = best(times);
            int others = known == null ? own : Math.min(own, known.bytes());
            without += others;
            Placement placement = placement(times, family);
            with += placement == null ? others : Math.min(others, placement.bytes());
        }
        if (with < without) {
            family(union);
        }
    }

    /**
     * Places a series on the family that costs least, if need be one of its own.
     *
     * @param times of its samples, in order
     */
    Placement place(long[] times) {
        Placement best = best(times);
        return best != null && best.bytes() <= bytesAlone(times) ? best : placement(times, family(times));
    }

    private int bytesAlone(long[] times) {
        return times.length * TICK_BYTES / sharers.getOrDefault(new Times(times), 1) + RUN_BYTES;
    }

    private Placement best(long[] times) {
        Placement best = null;
        for (Family family : byTime.getOrDefault(times[0], List.of())) {
            Placement placement = placement(times, family);
            if (placement != null && (best == null || placement.bytes() < best.bytes())) {
                best = placement;
            }
        }
        return best;
    }

    /**
     * The runs of a series on a family: in each vector whole ones, or one with holes where that halves the bytes, because it
     * is slower to read. Null if a time is not in the family, or if the series has too few of its ticks.
     */
    private Placement placement(long[] times, Family family) {
        int[] positions = family.positions(times);
        if (positions == null) {
            return null;
        }
        List<Run> runs = new ArrayList<>();
        int bytes = 0;
        int ticks = 0;
        int from = 0;
        while (from < positions.length) {
            int chunk = positions[from] / TICKS;
            int to = from + 1;
            int whole = 1;
            while (to < positions.length && positions[to] / TICKS == chunk) {
                whole += positions[to] == positions[to - 1] + 1 ? 0 : 1;
                to++;
            }
            int span = positions[to - 1] - positions[from] + 1;
            ticks += whole > RUNS_OF_A_VECTOR ? span : to - from;
            int bytesWithHoles = RUN_BYTES + MASK_HEADER_BYTES + (span + 7) / 8;
            if (holes && 2 * bytesWithHoles <= whole * RUN_BYTES) {
                runs.add(withHoles(positions, from, to));
                bytes += bytesWithHoles;
            } else {
                addWhole(positions, from, to, runs);
                bytes += whole * RUN_BYTES;
            }
            from = to;
        }
        boolean tooSparse = holes && ticks > TICKS_A_SAMPLE * times.length;
        return tooSparse ? null : new Placement(family, runs, bytes);
    }

    private static Run withHoles(int[] positions, int from, int to) {
        BitSet present = new BitSet(TICKS);
        for (int i = from; i < to; i++) {
            present.set(positions[i] - positions[from]);
        }
        return run(positions[from], Ticks.some(positions[from] % TICKS + 1, present), from);
    }

    private static void addWhole(int[] positions, int from, int to, List<Run> runs) {
        int begin = from;
        for (int i = from + 1; i <= to; i++) {
            if (i == to || positions[i] != positions[i - 1] + 1) {
                runs.add(run(positions[begin], Ticks.all(positions[begin] % TICKS + 1, i - begin), begin));
                begin = i;
            }
        }
    }

    private static Run run(int position, Ticks ticks, int from) {
        return new Run(position / TICKS, ticks, from);
    }
}
