package io.promgres.packing;

import java.util.List;

/**
 * What is to be packed in one transaction: the landing rows of some series groups in a block of time.
 *
 * @param block where it begins, milliseconds
 */
record PlannedUnit(long block, List<Portion> portions) {

    /**
     * The rows of a group in the block.
     *
     * @param job of the group's target, as its instance the id of a label
     */
    record Portion(long group, int job, int instance, long rows) {

        boolean isOfTarget(Portion other) {
            return job == other.job && instance == other.instance;
        }
    }

    List<Long> groups() {
        return portions.stream().map(Portion::group).toList();
    }

    List<PlannedUnit> halves() {
        int half = portions.size() / 2;
        return List.of(
                new PlannedUnit(block, portions.subList(0, half)),
                new PlannedUnit(block, portions.subList(half, portions.size())));
    }
}
