package io.promgres.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.promgres.promql.data.Labels;
import io.promgres.promql.data.QueryException;
import io.promgres.promql.data.SampleSeries;
import io.promgres.promql.data.SampleSource;
import io.promgres.promql.engine.Engine;
import io.promgres.promql.engine.EngineOptions;
import io.promgres.promql.engine.QueryResult;
import io.promgres.promql.syntax.ParserOptions;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A query holds what is on its grid, and of the samples no more than those of one series. */
class StreamedSamplesTest {

    private static final int SERIES = 100;
    private static final int SAMPLES = 40_320;
    private static final long STEP = 15_000;
    private static final long END = SAMPLES * STEP;
    private static final int LIMIT = 100_000;

    private final Engine engine =
            new Engine(new EngineOptions(300_000, LIMIT, 100_000, 60_000, ParserOptions.NONE, false, false, false));

    /** A week of many counters, each made when it is wanted. */
    private static final class Week implements SampleSource {

        @Override
        public List<SampleSeries> select(Selection selection) {
            throw new AssertionError("all series at one time");
        }

        @Override
        public void read(Selection selection, Consumer<SampleSeries> sink) {
            for (int i = 0; i < SERIES; i++) {
                long[] times = new long[SAMPLES];
                double[] values = new double[SAMPLES];
                for (int n = 0; n < SAMPLES; n++) {
                    times[n] = n * STEP;
                    values[n] = n * 15.0;
                }
                sink.accept(new SampleSeries(
                        Labels.of("__name__", "m_total", "instance", "" + i % 10, "n", "" + i), times, values));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sum by (instance) (rate(m_total[5m]))", "sum by (instance) (m_total * 0 + 1)"})
    void aWeekOfManySeriesIsEvaluatedOneAfterTheOther(String query) {
        QueryResult result = engine.range(query, 3_600_000, END, 3_600_000, new Week(), () -> false);

        assertThat(result.series()).hasSize(10).allSatisfy(points -> {
            assertThat(points.size()).isEqualTo(168);
            assertThat(points.values()[100]).isCloseTo(10, within(1e-9));
        });
    }

    @Test
    void whatIsOnTheGridCountsWhileItIsRead() {
        assertThatThrownBy(() -> engine.range("rate(m_total[5m])", 60_000, END, 60_000, new Week(), () -> false))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("the limit is " + LIMIT);
    }

    @Test
    void samplesThatAreTheAnswerAreHeldTogether() {
        assertThatThrownBy(() -> engine.instant("m_total[1w]", END, new Week(), () -> false))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("the limit is " + LIMIT);
    }
}
