package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TimeVectorsTest {

    private static final long[] EVEN = LongStream.range(0, 400).map(i -> i * 20).toArray();
    private static final long[] ODD =
            LongStream.range(0, 400).map(i -> i * 20 + 10).toArray();
    private static final long[] ALL =
            LongStream.range(0, TimeVectors.TICKS + 320).map(i -> i * 10).toArray();

    @Test
    void whoeverSharesTimesThatOthersInterruptHasTicksOfItsOwn() {
        List<long[]> series = List.of(EVEN, EVEN, EVEN, ODD, ODD, ODD);
        TimeVectors vectors = new TimeVectors(true);
        series.forEach(vectors::announce);
        vectors.offer(ALL, series);

        TimeVectors.Placement placement = vectors.place(EVEN);

        assertThat(placement.runs()).containsExactly(new TimeVectors.Run(0, Ticks.all(1, EVEN.length), 0));
        assertThat(placement.family().chunk(0)).isEqualTo(EVEN);
        assertThat(vectors.place(EVEN).family()).isSameAs(placement.family());
    }

    @Test
    void seriesWithoutTimesInCommonShareTheUnionOfThemInRunsWithHoles() {
        Random random = new Random(1);
        List<long[]> series = Stream.generate(() -> LongStream.of(ALL)
                        .filter(time -> random.nextInt(10) == 0)
                        .toArray())
                .limit(50)
                .toList();
        TimeUnions unions = new TimeUnions();
        // As two groups of a target, of which neither has every time.
        for (List<long[]> group : List.of(series.subList(0, 25), series.subList(25, 50))) {
            unions.add(group.stream().reduce(new long[0], TimeUnions::of), group);
        }
        TimeVectors vectors = new TimeVectors(true);
        series.forEach(vectors::announce);
        unions.forEach(vectors::offer);

        for (long[] times : series) {
            TimeVectors.Placement placement = vectors.place(times);

            assertThat(placement.family()).isSameAs(vectors.place(series.get(0)).family());
            assertThat(placement.runs()).hasSize(2).allMatch(run -> run.ticks().hasHoles());
            assertThat(times(placement)).isEqualTo(times);
        }
    }

    @Test
    void whereRunsMayNotHaveHolesSeriesHaveTicksOfTheirOwn() {
        TimeVectors vectors = new TimeVectors(false);
        vectors.family(ALL);
        vectors.announce(EVEN);
        vectors.announce(EVEN);

        assertThat(vectors.place(EVEN).runs()).containsExactly(new TimeVectors.Run(0, Ticks.all(1, EVEN.length), 0));
    }

    @Test
    void aSeriesAloneThatMissesFewTicksHasRunsBetweenThoseOfTheOthers() {
        long[] gappy = LongStream.of(ALL)
                .filter(time -> time != 1_000 && time != 2_000)
                .toArray();
        TimeVectors vectors = new TimeVectors(true);
        vectors.family(ALL);
        vectors.announce(gappy);

        TimeVectors.Placement placement = vectors.place(gappy);

        assertThat(placement.family().chunk(0))
                .isEqualTo(LongStream.of(ALL).limit(TimeVectors.TICKS).toArray());
        assertThat(placement.runs())
                .containsExactly(
                        new TimeVectors.Run(0, Ticks.all(1, 100), 0),
                        new TimeVectors.Run(0, Ticks.all(102, 99), 100),
                        new TimeVectors.Run(0, Ticks.all(202, TimeVectors.TICKS - 201), 199),
                        new TimeVectors.Run(1, Ticks.all(1, 320), TimeVectors.TICKS - 2));
    }

    @Test
    void timesThatNobodyElseHasAreAFamily() {
        TimeVectors vectors = new TimeVectors(true);
        vectors.family(ALL);
        long[] other = {5, 15, 25};
        vectors.announce(other);

        assertThat(vectors.place(other).runs()).containsExactly(new TimeVectors.Run(0, Ticks.all(1, 3), 0));
    }

    private static long[] times(TimeVectors.Placement placement) {
        LongStream.Builder times = LongStream.builder();
        for (TimeVectors.Run run : placement.runs()) {
            long[] ofVector = placement.family().chunk(run.chunk());
            int tick = run.ticks().first();
            for (int i = 0; i < run.length(); i++) {
                times.add(ofVector[tick - 1]);
                tick = run.ticks().after(tick);
            }
        }
        return times.build().toArray();
    }
}
