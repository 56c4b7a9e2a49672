package io.promgres.promql.engine;

import io.promgres.promql.data.Kahan;

/** A mean by a compensated sum; where the sum would be infinite, by a mean that is corrected with each value. */
final class FloatMean {

    private final Kahan sum;
    private double count = 1;
    private Kahan mean;

    FloatMean(double first) {
        sum = new Kahan(first, 0);
    }

    void add(double value) {
        count++;
        if (mean == null) {
            Kahan next = new Kahan(sum.sum, sum.compensation);
            next.add(value);
            if (!Double.isInfinite(next.sum)) {
                sum.sum = next.sum;
                sum.compensation = next.compensation;
                return;
            }
            mean = new Kahan(sum.sum / (count - 1), sum.compensation / (count - 1));
        }
        double share = (count - 1) / count;
        Kahan next = new Kahan(share * mean.sum, share * mean.compensation);
        next.add(value / count);
        mean = next;
    }

    double value() {
        return mean == null ? sum.sum / count + sum.compensation / count : mean.sum + mean.compensation;
    }
}
