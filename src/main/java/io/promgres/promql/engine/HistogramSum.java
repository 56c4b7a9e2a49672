package io.promgres.promql.engine;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.FloatHistogram.Hint;
import io.promgres.promql.data.HistogramArithmetic;
import io.promgres.promql.data.HistogramArithmetic.IncompatibleException;
import io.promgres.promql.syntax.Position;

/** The sum or the mean of native histograms, compensated. */
final class HistogramSum {

    private final boolean mean;
    private FloatHistogram sum;
    private FloatHistogram lost;
    private FloatHistogram incremental;
    private double count = 1;
    private boolean reset;
    private boolean notReset;
    private boolean reconciled;

    HistogramSum(FloatHistogram first, boolean mean) {
        this.mean = mean;
        this.sum = first.copy();
        note(first);
    }

    private void note(FloatHistogram histogram) {
        reset |= histogram.hint == Hint.RESET;
        notReset |= histogram.hint == Hint.NOT_RESET;
    }

    void add(FloatHistogram histogram) throws IncompatibleException {
        note(histogram);
        count++;
        if (lost == null) {
            lost = HistogramArithmetic.compensationOf(sum);
        }
        if (!mean) {
            reconciled |= HistogramArithmetic.add(sum, lost, histogram).reconciled();
            return;
        }
        if (incremental == null) {
            FloatHistogram nextSum = sum.copy();
            FloatHistogram nextLost = lost.copy();
            reconciled |= HistogramArithmetic.add(nextSum, nextLost, histogram).reconciled();
            if (!nextSum.hasOverflow()) {
                sum = nextSum;
                lost = nextLost;
                return;
            }
            incremental = sum.copy().divide(count - 1);
            lost.divide(count - 1);
        }
        double share = (count - 1) / count;
        lost.multiply(share);
        FloatHistogram more = histogram.copy().divide(count);
        reconciled |=
                HistogramArithmetic.add(incremental.multiply(share), lost, more).reconciled();
    }

    FloatHistogram value() throws IncompatibleException {
        if (incremental != null) {
            HistogramArithmetic.add(incremental, lost);
            return incremental.compact();
        }
        if (mean) {
            sum.divide(count);
        }
        if (lost != null) {
            HistogramArithmetic.add(sum, mean ? lost.divide(count) : lost);
        }
        return sum.compact();
    }

    void annotate(Annotations annotations, Position position) {
        if (reset && notReset) {
            annotations.collision("aggregation", position);
        }
        if (reconciled) {
            annotations.reconciled("aggregation", position);
        }
    }
}
