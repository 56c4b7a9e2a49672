package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.promql.data.Labels;
import io.promgres.promql.data.SampleSeries;
import org.junit.jupiter.api.Test;

class MergedSeriesTest {

    private static final Labels LABELS = Labels.of("__name__", "load", "instance", "a");

    @Test
    void samplesOfTwoDatabasesComeInOrderOfTimeAndThoseOfTheFirstWinAtOneTime() {
        SampleSeries merged = MergedSeries.of(
                series(new long[] {2, 4, 6}, new double[] {20, 40, 60}),
                series(new long[] {1, 4, 5, 8}, new double[] {1, 4, 5, 8}));

        assertThat(merged.labels()).isEqualTo(LABELS);
        assertThat(merged.times()).containsExactly(1, 2, 4, 5, 6, 8);
        assertThat(merged.values()).containsExactly(1, 20, 40, 5, 60, 8);
        assertThat(merged.histograms()).isNull();
        assertThat(merged.startTimes()).isNull();
    }

    @Test
    void startTimesThatOnlyOneDatabaseKnowsAreKept() {
        SampleSeries started = new SampleSeries(LABELS, new long[] {3}, new double[] {30}, null, new long[] {2});

        SampleSeries merged = MergedSeries.of(series(new long[] {1, 5}, new double[] {10, 50}), started);

        assertThat(merged.times()).containsExactly(1, 3, 5);
        assertThat(merged.startTimes()).containsExactly(0, 2, 0);
    }

    private static SampleSeries series(long[] times, double[] values) {
        return new SampleSeries(LABELS, times, values);
    }
}
