package io.promgres.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.Regex;
import io.promgres.promql.engine.Engine;
import io.promgres.promql.engine.EngineOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers at the edges, as a real Prometheus 3.14 has them on x86. */
class OddNumbersTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "clamp_min(vector(Inf), NaN)            | Infinity",
                "clamp_min(vector(1), NaN)              | NaN",
                "clamp_max(vector(-Inf), NaN)           | -Infinity",
                "clamp(vector(NaN), 1, 2)               | NaN",
                "year(vector(1e12))                     | 33658",
                "year(vector(-62135596801))             | 0",
                "hour(vector(-62135596801))             | 23",
                "year(vector(1e15))                     | 31690708",
                "days_in_month(vector(951782400))       | 29",
                "year(vector(NaN))                      | 292277026596",
                "month(vector(1e19))                    | 12",
                "day_of_month(vector(-Inf))             | 4"
            })
    void aFunctionOfAnOddNumberHasAValue(String query, double value) {
        assertThat(new Engine(EngineOptions.DEFAULT)
                        .instant(query, 0, new MemorySource(), () -> false)
                        .series()
                        .get(0)
                        .values())
                .containsExactly(value);
    }

    @Test
    void boundsOfExponentialBucketsAreRoundedAsInPrometheus() {
        assertThat(bound(2, 3)).isEqualTo(1.6817928305074288);
        assertThat(bound(1, 1)).isEqualTo(1.414213562373095);
        assertThat(bound(0, 3)).isEqualTo(8);
        assertThat(bound(-1, 2)).isEqualTo(16);
    }

    private static double bound(int schema, int index) {
        FloatHistogram histogram = new FloatHistogram();
        histogram.schema = schema;
        return histogram.bound(index);
    }

    @Test
    void aWrongRegularExpressionIsNamedAsItWasWritten() {
        assertThatThrownBy(() -> Regex.anchored("(")).hasMessageContaining("missing closing ): `(`");
        assertThatThrownBy(() -> Regex.anchored("a)|(b")).hasMessageContaining("unexpected ): `a)|(b`");
    }
}
