package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinPlanTest {

    private static final long BLOCK = Duration.ofHours(2).toMillis();
    private static final JoinPeriod DAY =
            new JoinPeriod(1, 0, Duration.ofDays(1).toMillis(), 0);
    private static final JoinPeriod WEEK =
            new JoinPeriod(2, 0, Duration.ofDays(7).toMillis(), 0);

    @Test
    void blocksOfADayBecomeAsLongAsARunHasRoomFor() {
        assertThat(spans(DAY, 24)).containsExactly(Duration.ofHours(24));
        assertThat(spans(DAY, 1_440)).containsExactly(Duration.ofHours(8));
        assertThat(spans(DAY, 2_880)).containsExactly(Duration.ofHours(4));
    }

    @Test
    void aScrapeMoreThanUsualDoesNotShortenThem() {
        assertThat(spans(DAY, 1_441)).containsExactly(Duration.ofHours(8));
    }

    @Test
    void blocksThatAreFullStayAsTheyAre() {
        assertThat(spans(DAY, 5_760)).isEmpty();
        assertThat(spans(WEEK, 2_016)).isEmpty();
    }

    @Test
    void blocksOfAWeekAreForWhatIsSparse() {
        assertThat(spans(WEEK, 168)).containsExactly(Duration.ofDays(7));
        assertThat(spans(WEEK, 1_008)).containsExactly(Duration.ofHours(56));
    }

    @Test
    void blocksThatDoNotFitIntoADayEvenlyStayAsTheyAre() {
        JoinPlan plan = new JoinPlan(DAY, Duration.ofHours(5).toMillis());
        plan.add(target(1, 100));

        assertThat(plan.units()).isEmpty();
    }

    @Test
    void aUnitHasAMillionSamplesAndATargetThatHasMoreIsDivided() {
        JoinPlan plan = new JoinPlan(DAY, BLOCK);
        plan.add(target(4_000, 1_440));

        List<JoinUnit> units = plan.units();

        assertThat(units).hasSize(3);
        assertThat(units.stream().mapToInt(JoinPlanTest::series).sum()).isEqualTo(4_000);
        assertThat(units).allSatisfy(unit -> assertThat(series(unit) * 480).isLessThan(1 << 20));
    }

    @Test
    void aUnitHasTargetsOfOneInterval() {
        JoinPlan plan = new JoinPlan(DAY, BLOCK);
        plan.add(target(300, 24));
        plan.add(target(10, 1_440));
        plan.add(target(300, 24));

        assertThat(plan.units()).extracting(JoinPlanTest::series).containsExactlyInAnyOrder(600, 10);
    }

    private static List<Duration> spans(JoinPeriod period, long samples) {
        JoinPlan plan = new JoinPlan(period, BLOCK);
        plan.add(target(5, samples));
        return plan.units().stream()
                .map(unit -> Duration.ofMillis(unit.spanMillis()))
                .toList();
    }

    private static int series(JoinUnit unit) {
        return unit.targets().stream().mapToInt(List::size).sum();
    }

    /** Series with so many samples each, in twelve runs. */
    private static List<JoinPlan.Listed> target(int series, long samples) {
        List<JoinPlan.Listed> target = new ArrayList<>();
        for (int n = 0; n < series; n++) {
            target.add(new JoinPlan.Listed(new LandingUnit.Series(n, n), samples, 12, samples));
        }
        return target;
    }
}
