package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.packing.PlannedUnit.Portion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitPlanTest {

    private final List<Portion> portions = new ArrayList<>();

    @Test
    void targetsShareAUnitWhileTheirRowsAreFew() {
        addTarget(1, 400);
        addTarget(2, 400);

        assertThat(groupsOfUnits()).containsExactly(20);
    }

    @Test
    void aTargetIsNotDividedWhoseTimesWouldBeStoredTwiceThen() {
        addTarget(1, 400);
        addTarget(2, 1_600);
        addTarget(3, 1_600);

        assertThat(groupsOfUnits()).containsExactly(10, 10, 10);
    }

    @Test
    void aTargetOfMoreRowsThanFitIntoMemoryIsDivided() {
        addTarget(1, 4_096);

        assertThat(groupsOfUnits()).containsExactly(4, 4, 2);
    }

    /** Ten groups with so many rows each. */
    private void addTarget(int job, long rows) {
        for (int group = 0; group < 10; group++) {
            portions.add(new Portion(1_000L * job + group, job, 0, rows));
        }
    }

    private List<Integer> groupsOfUnits() {
        return UnitPlan.of(0, portions).stream()
                .map(unit -> unit.groups().size())
                .toList();
    }
}
