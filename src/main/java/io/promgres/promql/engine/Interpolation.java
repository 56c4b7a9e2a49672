package io.promgres.promql.engine;

import io.promgres.promql.data.CounterReset;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.HistogramArithmetic;
import io.promgres.promql.data.HistogramArithmetic.IncompatibleException;
import io.promgres.promql.syntax.Position;

/** Values between two samples, on a straight line. */
final class Interpolation {

    private Interpolation() {}

    /** @param counter whether a lower second value means that it began again from 0 */
    static double at(long time, long t1, double v1, long t2, double v2, boolean counter) {
        double from = counter && v2 < v1 ? 0 : v1;
        return from + (v2 - from) * (double) (time - t1) / (double) (t2 - t1);
    }

    static FloatHistogram at(
            long time,
            long t1,
            FloatHistogram h1,
            long t2,
            FloatHistogram h2,
            boolean counter,
            Annotations annotations,
            Position position)
            throws IncompatibleException {
        if (time == t1) {
            return h1.copy();
        }
        if (time == t2) {
            return h2.copy();
        }
        double fraction = (double) (time - t1) / (double) (t2 - t1);
        if (counter && CounterReset.between(h1, h2)) {
            return h2.copy().multiply(fraction);
        }
        FloatHistogram result = h2.copy();
        if (HistogramArithmetic.subtract(result, h1).reconciled()) {
            annotations.reconciled("subtraction", position);
        }
        result.multiply(fraction);
        if (HistogramArithmetic.add(result, h1).reconciled()) {
            annotations.reconciled("addition", position);
        }
        return result;
    }
}
