package io.promgres.promql.engine;

/**
 * The samples that an anchored or smoothed range uses: from the last one before its start to its end, or to the first one
 * behind it.
 */
record RateWindow(int first, int last) {

    /**
     * @param lo the first index that is looked at
     * @param hi behind the last one
     * @return null if there is nothing in the range
     */
    static RateWindow of(long[] times, int lo, int hi, long from, long to, boolean smoothed) {
        int last = hi - 1;
        int first = lo;
        while (first < last && times[first] <= from) {
            first++;
        }
        first = Math.max(lo, first - 1);
        if (smoothed) {
            int end = lo;
            while (end < last && times[end] < to) {
                end++;
            }
            last = end;
        }
        if (times[last] <= from || smoothed && times[first] > to) {
            return null;
        }
        return new RateWindow(first, last);
    }

    double left(long[] times, double[] values, long from, boolean smoothed, boolean counter) {
        return smoothed && times[first] < from
                ? Interpolation.at(from, times[first], values[first], times[first + 1], values[first + 1], counter)
                : values[first];
    }

    double right(long[] times, double[] values, long to, boolean smoothed, boolean counter) {
        return smoothed && last > 0 && times[last] > to
                ? Interpolation.at(to, times[last - 1], values[last - 1], times[last], values[last], counter)
                : values[last];
    }
}
