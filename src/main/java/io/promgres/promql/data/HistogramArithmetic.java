package io.promgres.promql.data;

import io.promgres.promql.data.FloatHistogram.Hint;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Sums and differences of native histograms, whatever their schemas, zero buckets and custom bounds. */
public final class HistogramArithmetic {

    /** Thrown where exponential buckets meet custom ones. */
    public static final class IncompatibleException extends Exception {

        private static final long serialVersionUID = 1;

        public IncompatibleException() {
            super("histograms with exponential and with custom buckets", null, false, false);
        }
    }

    /**
     * What an operation found.
     *
     * @param collision one histogram says that it was reset, the other that it was not
     * @param reconciled custom bounds differed: the result has those that both have
     */
    public record Outcome(boolean collision, boolean reconciled) {}

    private HistogramArithmetic() {}

    /** Adds {@code other} to {@code to}, which changes. */
    public static Outcome add(FloatHistogram to, FloatHistogram other) throws IncompatibleException {
        return combine(to, null, other, 1);
    }

    /** Subtracts {@code other} from {@code from}, which changes. */
    public static Outcome subtract(FloatHistogram from, FloatHistogram other) throws IncompatibleException {
        return combine(from, null, other, -1);
    }

    /** What begins to compensate a sum that begins with a histogram. */
    public static FloatHistogram compensationOf(FloatHistogram sum) {
        FloatHistogram compensation = new FloatHistogram();
        compensation.hint = sum.hint;
        compensation.schema = sum.schema;
        compensation.zeroThreshold = sum.zeroThreshold;
        compensation.bounds = sum.bounds;
        compensation.positive = sum.positive.zeros();
        compensation.negative = sum.negative.zeros();
        return compensation;
    }

    /** Adds {@code other} to {@code sum}, and what is lost by rounding to {@code compensation}; both change. */
    public static Outcome add(FloatHistogram sum, FloatHistogram compensation, FloatHistogram other)
            throws IncompatibleException {
        return combine(sum, compensation, other, 1);
    }

    private static Outcome combine(FloatHistogram to, FloatHistogram lost, FloatHistogram other, double sign)
            throws IncompatibleException {
        if (to.isCustom() != other.isCustom()) {
            throw new IncompatibleException();
        }
        boolean collision = mergeHints(to, other);
        FloatHistogram compensation = lost == null ? compensationOf(to) : lost;
        double otherZeroCount = to.isCustom() ? 0 : ZeroBuckets.reconcile(to, compensation, other);
        Kahan zero = new Kahan(to.zeroCount, compensation.zeroCount);
        zero.add(sign * otherZeroCount);
        to.zeroCount = zero.sum;
        compensation.zeroCount = zero.compensation;
        Kahan count = new Kahan(to.count, compensation.count);
        count.add(sign * other.count);
        to.count = count.sum;
        compensation.count = count.compensation;
        Kahan sum = new Kahan(to.sum, compensation.sum);
        sum.add(sign * other.sum);
        to.sum = sum.sum;
        compensation.sum = sum.compensation;
        if (to.isCustom()) {
            return new Outcome(collision, addCustom(to, compensation, other, sign));
        }
        addExponential(to, compensation, other, sign);
        return new Outcome(collision, false);
    }

    private static boolean mergeHints(FloatHistogram to, FloatHistogram other) {
        if (to.hint == other.hint || to.hint == Hint.GAUGE) {
            return false;
        }
        if (other.hint == Hint.GAUGE) {
            to.hint = Hint.GAUGE;
            return false;
        }
        boolean collision = to.hint != Hint.UNKNOWN && other.hint != Hint.UNKNOWN;
        to.hint = Hint.UNKNOWN;
        return collision;
    }

    private static void addExponential(
            FloatHistogram to, FloatHistogram compensation, FloatHistogram other, double sign) {
        int schema = Math.min(to.schema, other.schema);
        if (to.schema > schema) {
            Buckets[] positive = to.positive.reduce(compensation.positive, to.schema, schema);
            Buckets[] negative = to.negative.reduce(compensation.negative, to.schema, schema);
            to.positive = positive[0];
            to.negative = negative[0];
            compensation.positive = positive[1];
            compensation.negative = negative[1];
            to.schema = schema;
        }
        Buckets[] positive = added(to.positive, compensation.positive, other.positive, other.schema, to, sign);
        Buckets[] negative = added(to.negative, compensation.negative, other.negative, other.schema, to, sign);
        to.positive = positive[0];
        to.negative = negative[0];
        compensation.positive = positive[1];
        compensation.negative = negative[1];
        compensation.schema = schema;
        compensation.zeroThreshold = to.zeroThreshold;
    }

    private static Buckets[] added(
            Buckets mine, Buckets compensation, Buckets other, int otherSchema, FloatHistogram to, double sign) {
        Buckets[] reduced = otherSchema == to.schema
                ? new Buckets[] {other, other.zeros()}
                : other.reduce(other.zeros(), otherSchema, to.schema);
        int first = 0;
        while (first < reduced[0].size() && to.bound(reduced[0].indices[first]) <= to.zeroThreshold) {
            first++;
        }
        return mine.plus(compensation, reduced[0].from(first), reduced[1].from(first), sign);
    }

    private static boolean addCustom(
            FloatHistogram to, FloatHistogram compensation, FloatHistogram other, double sign) {
        if (Arrays.equals(to.bounds, other.bounds)) {
            Buckets[] sum = to.positive.plus(compensation.positive, other.positive, other.positive.zeros(), sign);
            to.positive = sum[0];
            compensation.positive = sum[1];
            return false;
        }
        double[] common = common(to.bounds, other.bounds);
        Kahan[] target = new Kahan[common.length + 1];
        Arrays.setAll(target, i -> new Kahan());
        collect(target, common, to.bounds, to.positive, 1);
        collect(target, common, to.bounds, compensation.positive, 1);
        collect(target, common, other.bounds, other.positive, sign);
        List<Integer> used = IntStream.range(0, target.length)
                .filter(i -> target[i].sum != 0 || target[i].compensation != 0)
                .boxed()
                .toList();
        int[] indices = used.stream().mapToInt(i -> i).toArray();
        to.positive = new Buckets(
                indices, used.stream().mapToDouble(i -> target[i].sum).toArray());
        compensation.positive = new Buckets(
                indices, used.stream().mapToDouble(i -> target[i].compensation).toArray());
        to.bounds = common;
        compensation.bounds = common;
        return true;
    }

    private static void collect(Kahan[] target, double[] common, double[] bounds, Buckets buckets, double sign) {
        for (int i = 0; i < buckets.size(); i++) {
            int to = common.length;
            if (buckets.indices[i] < bounds.length) {
                int found = Arrays.binarySearch(common, bounds[buckets.indices[i]]);
                to = found >= 0 ? found : -found - 1;
            }
            target[to].add(sign * buckets.counts[i]);
        }
    }

    private static double[] common(double[] a, double[] b) {
        return Arrays.stream(a)
                .filter(bound -> Arrays.binarySearch(b, bound) >= 0)
                .toArray();
    }
}
