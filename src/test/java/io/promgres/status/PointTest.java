package io.promgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PointTest {

    private static final double INFINITY = Double.POSITIVE_INFINITY;

    private static NavigableMap<Double, Double> counts(double... boundsAndCounts) {
        NavigableMap<Double, Double> counts = new TreeMap<>();
        for (int i = 0; i < boundsAndCounts.length; i += 2) {
            counts.put(boundsAndCounts[i], boundsAndCounts[i + 1]);
        }
        return counts;
    }

    @Test
    void aQuantileIsLinearWithinItsBucket() {
        NavigableMap<Double, Double> counts = counts(0.1, 10, 0.2, 20, INFINITY, 20);

        assertThat(Point.quantile(0.25, counts)).isEqualTo(0.05);
        assertThat(Point.quantile(0.75, counts)).isEqualTo(0.1 + 0.1 * 0.5);
        assertThat(Point.quantile(1, counts)).isEqualTo(0.2);
    }

    @Test
    void whatIsBeyondTheLastBoundCountsAsThatBound() {
        assertThat(Point.quantile(0.99, counts(0.1, 1, 30, 1, INFINITY, 5))).isEqualTo(30);
    }

    @Test
    void emptyBucketsHoldNoQuantile() {
        assertThat(Point.quantile(0.5, counts(0.1, 0, 0.2, 0, 0.4, 8, INFINITY, 8)))
                .isEqualTo(0.2 + 0.2 * 0.5);
    }

    @Test
    void withoutAnObservationThereIsNoQuantile() {
        assertThat(Point.quantile(0.5, counts())).isNaN();
        assertThat(Point.quantile(0.5, counts(0.1, 0, INFINITY, 0))).isNaN();
    }
}
