package io.promgres.packing;

import io.promgres.packing.PlannedUnit.Portion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Cuts the rows of a block into units: memory is bounded by a unit's rows, locks by its metrics. The groups of a target stay
 * together, because their series share times, which each unit stores for itself.
 */
final class UnitPlan {

    /** Landing rows of a unit, unless a group alone has more: about a million samples of full groups. */
    private static final long ROWS = 1 << 14;

    /** Metrics of a unit: its transaction locks the table of each and its indexes. */
    static final int METRICS = 512;

    /** Metrics of a unit that is of one target, unless a group alone has more. */
    private static final int METRICS_OF_A_TARGET = 1_024;

    private final long block;
    private final List<PlannedUnit> units = new ArrayList<>();
    private List<Portion> portions = new ArrayList<>();
    private Set<Integer> metrics = new HashSet<>();
    private long rows;

    private UnitPlan(long block) {
        this.block = block;
    }

    /** @param portions of a block, those of a target beside one another */
    static List<PlannedUnit> of(long block, List<Portion> portions) {
        UnitPlan plan = new UnitPlan(block);
        int from = 0;
        for (int i = 1; i <= portions.size(); i++) {
            if (i == portions.size() || !portions.get(i).isOfTarget(portions.get(from))) {
                plan.addTarget(portions.subList(from, i));
                from = i;
            }
        }
        plan.cut();
        return plan.units;
    }

    private void addTarget(List<Portion> target) {
        if (!fits(target, METRICS)) {
            cut();
        }
        for (Portion portion : target) {
            if (!fits(List.of(portion), METRICS_OF_A_TARGET)) {
                cut();
            }
            portions.add(portion);
            metrics.addAll(portion.metrics());
            rows += portion.rows();
        }
    }

    private boolean fits(List<Portion> more, int most) {
        Set<Integer> all = new HashSet<>(metrics);
        more.forEach(portion -> all.addAll(portion.metrics()));
        return all.size() <= most
                && rows + more.stream().mapToLong(Portion::rows).sum() <= ROWS;
    }

    private void cut() {
        if (!portions.isEmpty()) {
            units.add(new PlannedUnit(block, portions));
            portions = new ArrayList<>();
            metrics = new HashSet<>();
            rows = 0;
        }
    }
}
