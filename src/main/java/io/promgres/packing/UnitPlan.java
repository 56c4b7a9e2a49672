package io.promgres.packing;

import io.promgres.packing.PlannedUnit.Portion;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the rows of a block into units: memory is bounded by a unit's rows. The groups of a target stay together, because their
 * series share times, which each unit stores for itself.
 */
final class UnitPlan {

    /** Landing rows of a unit, unless a group alone has more: about a million samples of full groups. */
    private static final long ROWS = 1 << 14;

    private final long block;
    private final List<PlannedUnit> units = new ArrayList<>();
    private List<Portion> portions = new ArrayList<>();
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
        makeRoom(target.stream().mapToLong(Portion::rows).sum());
        for (Portion portion : target) {
            makeRoom(portion.rows());
            portions.add(portion);
            rows += portion.rows();
        }
    }

    private void makeRoom(long more) {
        if (rows + more > ROWS) {
            cut();
        }
    }

    private void cut() {
        if (!portions.isEmpty()) {
            units.add(new PlannedUnit(block, portions));
            portions = new ArrayList<>();
            rows = 0;
        }
    }
}
