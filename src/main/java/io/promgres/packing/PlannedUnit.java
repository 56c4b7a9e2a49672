package io.promgres.packing;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
     * @param metrics of the group's series
     */
    record Portion(long group, int job, int instance, long rows, Set<Integer> metrics) {

        boolean isOfTarget(Portion other) {
            return job == other.job && instance == other.instance;
        }
    }

    List<Long> groups() {
        return portions.stream().map(Portion::group).toList();
    }

    Set<Integer> metrics() {
        Set<Integer> metrics = new HashSet<>();
        portions.forEach(portion -> metrics.addAll(portion.metrics()));
        return metrics;
    }

    List<PlannedUnit> halves() {
        int half = portions.size() / 2;
        return List.of(
                new PlannedUnit(block, portions.subList(0, half)),
                new PlannedUnit(block, portions.subList(half, portions.size())));
    }

    /** The groups that have none of these metrics. */
    PlannedUnit without(Set<Integer> others) {
        return new PlannedUnit(
                block,
                portions.stream()
                        .filter(portion -> Collections.disjoint(portion.metrics(), others))
                        .toList());
    }
}
