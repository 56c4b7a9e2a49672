package io.promgres.promql.data;

import java.util.Arrays;

/**
 * One side of a native histogram: the indices of its buckets, ascending, and their counts. Buckets that are not listed are
 * empty; listed ones may be.
 */
public final class Buckets {

    public static final Buckets NONE = new Buckets(new int[0], new double[0]);

    public final int[] indices;
    public final double[] counts;

    public Buckets(int[] indices, double[] counts) {
        this.indices = indices;
        this.counts = counts;
    }

    public int size() {
        return indices.length;
    }

    Buckets copy() {
        return size() == 0 ? this : new Buckets(indices, counts.clone());
    }

    /** As many buckets with a count of 0. */
    Buckets zeros() {
        return new Buckets(indices, new double[counts.length]);
    }

    /** Without those whose count is 0. */
    Buckets compact() {
        int kept = 0;
        for (double count : counts) {
            kept += count == 0 ? 0 : 1;
        }
        if (kept == counts.length) {
            return this;
        }
        int[] newIndices = new int[kept];
        double[] newCounts = new double[kept];
        for (int i = 0, to = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                newIndices[to] = indices[i];
                newCounts[to++] = counts[i];
            }
        }
        return new Buckets(newIndices, newCounts);
    }

    /** The same observations in the wider buckets of a smaller schema. */
    Buckets reduce(int fromSchema, int toSchema) {
        return fromSchema == toSchema ? this : reduce(zeros(), fromSchema, toSchema)[0];
    }

    /** As {@link #reduce(int, int)}, with what compensates these sums; both have the same indices. */
    Buckets[] reduce(Buckets compensation, int fromSchema, int toSchema) {
        int[] newIndices = new int[indices.length];
        double[] newCounts = new double[indices.length];
        double[] newCompensation = new double[indices.length];
        int n = 0;
        for (int i = 0; i < indices.length; i++) {
            int target = (indices[i] - 1 >> fromSchema - toSchema) + 1;
            if (n > 0 && newIndices[n - 1] == target) {
                Kahan sum = new Kahan(newCounts[n - 1], newCompensation[n - 1]);
                sum.add(counts[i]);
                sum.add(compensation.counts[i]);
                newCounts[n - 1] = sum.sum;
                newCompensation[n - 1] = sum.compensation;
            } else {
                newIndices[n] = target;
                newCounts[n] = counts[i];
                newCompensation[n++] = compensation.counts[i];
            }
        }
        int[] cut = Arrays.copyOf(newIndices, n);
        return new Buckets[] {
            new Buckets(cut, Arrays.copyOf(newCounts, n)), new Buckets(cut, Arrays.copyOf(newCompensation, n))
        };
    }

    /** The buckets of both, added; {@code sign} is 1 or -1. */
    Buckets plus(Buckets other, double sign) {
        return plus(zeros(), other, other.zeros(), sign)[0];
    }

    /**
     * The buckets of both, added, and what compensates these sums.
     *
     * @param compensation with the indices of this
     * @param otherCompensation with the indices of the other
     */
    Buckets[] plus(Buckets compensation, Buckets other, Buckets otherCompensation, double sign) {
        int[] newIndices = new int[size() + other.size()];
        double[] newCounts = new double[newIndices.length];
        double[] newCompensation = new double[newIndices.length];
        int a = 0;
        int b = 0;
        int n = 0;
        while (a < size() || b < other.size()) {
            boolean mine = a < size() && (b == other.size() || indices[a] <= other.indices[b]);
            boolean others = b < other.size() && (a == size() || other.indices[b] <= indices[a]);
            newIndices[n] = mine ? indices[a] : other.indices[b];
            Kahan sum = mine ? new Kahan(counts[a], compensation.counts[a]) : new Kahan();
            if (others) {
                sum.add(sign * other.counts[b]);
                sum.add(sign * otherCompensation.counts[b]);
            }
            newCounts[n] = sum.sum;
            newCompensation[n++] = sum.compensation;
            a += mine ? 1 : 0;
            b += others ? 1 : 0;
        }
        int[] cut = Arrays.copyOf(newIndices, n);
        return new Buckets[] {
            new Buckets(cut, Arrays.copyOf(newCounts, n)), new Buckets(cut, Arrays.copyOf(newCompensation, n))
        };
    }

    /** Those from a position on. */
    Buckets from(int position) {
        return position == 0
                ? this
                : new Buckets(
                        Arrays.copyOfRange(indices, position, indices.length),
                        Arrays.copyOfRange(counts, position, counts.length));
    }

    /** Whether indices and counts are the same, bit for bit. */
    boolean sameAs(Buckets other) {
        return Arrays.equals(indices, other.indices) && Arrays.equals(counts, other.counts);
    }
}
