package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.packing.PlannedUnit.Portion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnitPlanTest {

    private final List<Portion> portions = new ArrayList<>();

    @Test
    void targetsShareAUnitWhileTheirMetricsAreFew() {
        addTarget(1, 400, 10);
        addTarget(2, 400, 10);

        assertThat(metricsOfUnits()).containsExactly(400);
    }

    @Test
    void aTargetIsNotDividedWhoseTimesWouldBeStoredTwiceThen() {
        addTarget(1, 300, 10);
        addTarget(2, 1_000, 10);
        addTarget(3, 1_000, 10);

        assertThat(metricsOfUnits()).containsExactly(300, 1_000, 1_000);
    }

    @Test
    void aTargetOfMoreMetricsThanATransactionMayLockIsDivided() {
        addTarget(1, 3_000, 10);

        assertThat(metricsOfUnits()).containsExactly(1_024, 1_024, 952);
    }

    @Test
    void aTargetOfMoreRowsThanFitIntoMemoryIsDivided() {
        addTarget(1, 640, 4_096);

        assertThat(UnitPlan.of(0, portions))
                .extracting(unit -> unit.portions().size())
                .containsExactly(4, 4, 2);
    }

    @Test
    void aUnitKnowsItsGroupsWithoutThoseOfOtherMetrics() {
        addTarget(1, 128, 10);

        assertThat(UnitPlan.of(0, portions).get(0).without(Set.of(3)).groups()).containsExactly(1_001L);
    }

    /** A group for each 64 metrics, which have a series each. */
    private void addTarget(int job, int metrics, long rows) {
        for (int first = 0; first < metrics; first += 64) {
            Set<Integer> some = IntStream.range(first, Math.min(metrics, first + 64))
                    .boxed()
                    .collect(Collectors.toSet());
            portions.add(new Portion(1_000L * job + first / 64, job, 0, rows, some));
        }
    }

    private List<Integer> metricsOfUnits() {
        return UnitPlan.of(0, portions).stream()
                .map(unit -> unit.metrics().size())
                .toList();
    }
}
