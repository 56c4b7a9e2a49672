package io.promgres.packing;

import java.util.Arrays;

/**
 * A line over the ticks of a run: what it says for a tick is taken off the numbers, so that few bits are left of each.
 *
 * @param slope a tick, in 4096ths, so that SQL needs no more than a product and a shift
 * @param width bits of each element, 0 to 53
 */
public record Line(long slope, int width) {

    /** From 4096ths to whole numbers. */
    public static final int SHIFT = 12;

    /** Times the most ticks and 4096 it fits a bigint. */
    private static final double STEEPEST = 1L << 41;

    /** What the line says at a tick, a whole number, by the operations of the metric views. */
    long at(int tick) {
        return slope * tick >> SHIFT;
    }

    /** A slope in 4096ths, 0 if it is too steep. */
    static long scaled(double slope) {
        return Math.abs(slope) < STEEPEST ? Math.round(slope * (1 << SHIFT)) : 0;
    }

    /**
     * The slope that leaves the least range of numbers: between an upper and a lower line that are parallel and as near to
     * each other as can be, and touch the hull of the points.
     *
     * @param ticks ascending
     * @param numbers of each tick
     */
    static double slope(int[] ticks, long[] numbers) {
        int[] above = hull(ticks, numbers, 1);
        int[] below = hull(ticks, numbers, -1);
        double[] slopes = slopes(ticks, numbers, above, below);
        int low = 0;
        int high = slopes.length - 1;
        // The range falls up to the best slope and rises behind it.
        while (low < high) {
            int middle = (low + high) / 2;
            if (range(ticks, numbers, above, below, slopes[middle])
                    > range(ticks, numbers, above, below, slopes[middle + 1])) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return slopes.length == 0 ? 0 : slopes[low];
    }

    /** The corners of the hull, above (1) or below (-1) the points. */
    private static int[] hull(int[] ticks, long[] numbers, int side) {
        int[] corners = new int[ticks.length];
        int size = 0;
        for (int i = 0; i < ticks.length; i++) {
            while (size > 1
                    && side * slope(ticks, numbers, corners[size - 2], corners[size - 1])
                            <= side * slope(ticks, numbers, corners[size - 1], i)) {
                size--;
            }
            corners[size++] = i;
        }
        return Arrays.copyOf(corners, size);
    }

    private static double slope(int[] ticks, long[] numbers, int from, int to) {
        return (double) (numbers[to] - numbers[from]) / (ticks[to] - ticks[from]);
    }

    private static double[] slopes(int[] ticks, long[] numbers, int[] above, int[] below) {
        double[] slopes = new double[above.length + below.length - 2];
        int count = 0;
        for (int[] corners : new int[][] {above, below}) {
            for (int i = 1; i < corners.length; i++) {
                slopes[count++] = slope(ticks, numbers, corners[i - 1], corners[i]);
            }
        }
        Arrays.sort(slopes);
        return slopes;
    }

    private static double range(int[] ticks, long[] numbers, int[] above, int[] below, double slope) {
        return farthest(ticks, numbers, above, slope, 1) + farthest(ticks, numbers, below, slope, -1);
    }

    /** How far out a corner is at most, seen along a slope from the first one, which both hulls have. */
    private static double farthest(int[] ticks, long[] numbers, int[] corners, double slope, int side) {
        double farthest = 0;
        for (int corner : corners) {
            double out = side * (numbers[corner] - numbers[0] - slope * (ticks[corner] - ticks[0]));
            farthest = Math.max(farthest, out);
        }
        return farthest;
    }
}
