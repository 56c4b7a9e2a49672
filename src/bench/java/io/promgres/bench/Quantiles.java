package io.promgres.bench;

import java.util.Arrays;

/** The middle and the spread of figures. */
public final class Quantiles {

    private Quantiles() {}

    /** The middle one; of an even number the lower of the two in the middle. */
    public static double median(double[] figures) {
        return of(figures, 0.5);
    }

    /**
     * The figure that a share of all is not above.
     *
     * @param share from 0, the least, to 1, the greatest
     */
    static double of(double[] figures, double share) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted[(int) ((sorted.length - 1) * share)];
    }
}
