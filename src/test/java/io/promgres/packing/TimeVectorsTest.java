package io.promgres.packing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TimeVectorsTest {

    private static final long[] EVEN = LongStream.range(0, 400).map(i -> i * 20).toArray();
    private static final long[] ALL = LongStream.range(0, 800).map(i -> i * 10).toArray();

    @Test
    void whoeverSharesTimesThatOthersInterruptHasTicksOfItsOwn() {
        TimeVectors vectors = new TimeVectors();
        vectors.family(ALL);
        for (int series = 0; series < 3; series++) {
            vectors.announce(EVEN);
        }

        TimeVectors.Placement placement = vectors.place(samples(EVEN));

        assertThat(placement.runs()).containsExactly(new TimeVectors.Run(0, 1, 0, EVEN.length));
        assertThat(placement.family().chunk(0)).isEqualTo(EVEN);
        assertThat(vectors.place(samples(EVEN)).family()).isSameAs(placement.family());
    }

    @Test
    void aSeriesAloneThatMissesFewTicksHasRunsBetweenThoseOfTheOthers() {
        long[] gappy = LongStream.of(ALL)
                .filter(time -> time != 1_000 && time != 2_000)
                .toArray();
        TimeVectors vectors = new TimeVectors();
        vectors.family(ALL);
        vectors.announce(gappy);

        TimeVectors.Placement placement = vectors.place(samples(gappy));

        assertThat(placement.family().chunk(0))
                .isEqualTo(LongStream.of(ALL).limit(480).toArray());
        assertThat(placement.runs())
                .containsExactly(
                        new TimeVectors.Run(0, 1, 0, 100),
                        new TimeVectors.Run(0, 102, 100, 99),
                        new TimeVectors.Run(0, 202, 199, 279),
                        new TimeVectors.Run(1, 1, 478, 320));
    }

    @Test
    void timesThatNobodyElseHasAreAFamily() {
        TimeVectors vectors = new TimeVectors();
        vectors.family(ALL);
        long[] other = {5, 15, 25};
        vectors.announce(other);

        assertThat(vectors.place(samples(other)).runs()).containsExactly(new TimeVectors.Run(0, 1, 0, 3));
    }

    private static Samples samples(long[] times) {
        Samples samples = new Samples(times.length);
        LongStream.of(times).forEach(time -> samples.add(time, 0));
        return samples;
    }
}
