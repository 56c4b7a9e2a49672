package io.promgres.promql.data;

/**
 * The bounds of exponential buckets from 0.5 to below 1, to the last bit as Prometheus has them: each resolution has the bounds
 * of the one before it, and behind each of these its product with the factor from bound to bound.
 */
final class ExponentialBounds {

    private static final int FINEST = 8;
    private static final double[][] BOUNDS = new double[FINEST + 1][];

    static {
        BOUNDS[0] = new double[] {0.5};
        BOUNDS[1] = new double[] {0.5, 1 / Math.sqrt(2)};
        double factor = Math.sqrt(2);
        for (int schema = 2; schema <= FINEST; schema++) {
            factor = Math.sqrt(factor);
            BOUNDS[schema] = refined(BOUNDS[schema - 1], factor);
        }
    }

    private ExponentialBounds() {}

    private static double[] refined(double[] coarse, double factor) {
        double[] fine = new double[2 * coarse.length];
        for (int i = 0; i < coarse.length; i++) {
            fine[2 * i] = coarse[i];
            fine[2 * i + 1] = coarse[i] * factor;
        }
        return fine;
    }

    /**
     * A lower bound.
     *
     * @param schema from 0 to 8
     * @param position below 2 to the power of the schema
     */
    static double of(int schema, int position) {
        return BOUNDS[schema][position];
    }
}
