package io.promgres.promql.engine;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.Labels;
import io.promgres.promql.syntax.ValueType;
import java.util.List;

/**
 * The answer to a query.
 *
 * @param type of the value: of a range query always {@link ValueType#MATRIX}
 * @param series of a scalar one without labels; of a vector, each with one point; empty for a string
 * @param text the value of a string; null else
 * @param warnings with their positions
 * @param infos with their positions
 */
public record QueryResult(ValueType type, List<Points> series, String text, List<String> warnings, List<String> infos) {

    /**
     * The points of a series in order of time.
     *
     * @param times in milliseconds
     * @param histograms null where the point is a float; null altogether if all are
     */
    public record Points(Labels labels, long[] times, double[] values, FloatHistogram[] histograms) {

        /** The histogram of a point; null if it is a float. */
        public FloatHistogram histogram(int i) {
            return histograms == null ? null : histograms[i];
        }

        public int size() {
            return times.length;
        }
    }
}
