package io.promgres.packing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Cuts the series of a period into units of joining, and says how long their blocks become: as long as a run can hold the
 * samples of one. Memory is bounded by the samples and runs of a unit.
 */
final class JoinPlan {

    /** Samples of a unit in a block, a run counted as some: what {@link UnitPlan} has. */
    private static final long SAMPLES = 1 << 20;

    private static final int SAMPLES_OF_A_RUN = 16;

    /** Parts of a period that may become a block. */
    private static final int[] PARTS = {1, 2, 3, 4, 6, 8, 12, 24};

    /**
     * What is listed of a series.
     *
     * @param samples in the period
     * @param runs that they are in
     * @param ticks that its vectors have or would have in a whole period
     */
    record Listed(LandingUnit.Series series, long samples, long runs, long ticks) {}

    /** A unit that more may be added to. */
    private static final class Open {
        private List<List<LandingUnit.Series>> targets = new ArrayList<>();
        private long weight;
    }

    private final JoinPeriod period;
    private final long blockMillis;
    private final long shortest;
    private final Map<Long, Open> bySpan = new HashMap<>();
    private final List<JoinUnit> units = new ArrayList<>();

    /** @param blockMillis length of the blocks that are packed */
    JoinPlan(JoinPeriod period, long blockMillis) {
        this.period = period;
        this.blockMillis = blockMillis;
        this.shortest = 2 * Math.max(blockMillis, period.joinedBefore());
    }

    /** Adds what a target has in the period, but for series whose blocks cannot be much longer than they are. */
    void add(List<Listed> target) {
        target.stream().collect(Collectors.groupingBy(one -> span(one.ticks()))).forEach((span, some) -> {
            if (span > 0) {
                add(some, span);
            }
        });
    }

    private void add(List<Listed> target, long span) {
        Open open = bySpan.computeIfAbsent(span, s -> new Open());
        open.targets.add(new ArrayList<>());
        for (Listed one : target) {
            long weight = (one.samples() + SAMPLES_OF_A_RUN * one.runs()) * span / period.length();
            if (open.weight > 0 && open.weight + weight > SAMPLES) {
                cut(span, open);
            }
            open.targets.get(open.targets.size() - 1).add(one.series());
            open.weight += weight;
        }
    }

    /** The longest part of the period that a run has room for, 0 if that is not twice as long as blocks are. */
    private long span(long ticks) {
        for (int parts : PARTS) {
            long span = period.length() / parts;
            if (span * parts == period.length()
                    && span >= shortest
                    && span % blockMillis == 0
                    && ticks <= (long) parts * TimeVectors.TICKS) {
                return span;
            }
        }
        return 0;
    }

    private void cut(long span, Open open) {
        List<List<LandingUnit.Series>> some =
                open.targets.stream().filter(target -> !target.isEmpty()).toList();
        if (!some.isEmpty()) {
            units.add(new JoinUnit(span, some));
        }
        open.targets = new ArrayList<>(List.of(new ArrayList<>()));
        open.weight = 0;
    }

    /** All units. */
    List<JoinUnit> units() {
        bySpan.forEach(this::cut);
        return units;
    }
}
