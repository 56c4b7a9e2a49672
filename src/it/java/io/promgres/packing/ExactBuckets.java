package io.promgres.packing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Buckets as {@code rollup_over()} defines them, computed from samples one by one. */
final class ExactBuckets {

    private static final double HUGE = 1e290;

    private static final class Bucket {
        private final long start;
        private long count;
        private double sum;
        private double min;
        private double max;
        private double first;
        private double last;
        private double lost;
        private double increase;
        private boolean huge;

        Bucket(long start) {
            this.start = start;
        }

        void add(double value) {
            if (count == 0) {
                first = value;
                sum = value;
                min = value;
                max = value;
            } else {
                lost += value < last ? last : 0;
                sum += value;
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
            last = value;
            count++;
            huge |= Math.abs(value) >= HUGE;
        }

        void grow(Double prior) {
            huge |= prior != null && Math.abs(prior) >= HUGE;
            double from = prior == null ? first : first < prior ? 0 : prior;
            increase = last - from + lost;
        }

        void append(Bucket next) {
            count += next.count;
            sum += next.sum;
            min = Math.min(min, next.min);
            max = Math.max(max, next.max);
            last = next.last;
            increase += next.increase;
            huge |= next.huge;
        }

        List<Object> row() {
            double shown = huge ? Double.POSITIVE_INFINITY : sum;
            return ExactBuckets.row(count, shown, sum / count, min, max, first, last, increase);
        }
    }

    private ExactBuckets() {}

    /**
     * By series and start.
     *
     * @param base the length of the buckets that longer ones are made of, milliseconds
     */
    static TreeMap<String, List<Object>> of(Map<String, TreeMap<Long, String>> samples, long base, long step) {
        TreeMap<String, List<Object>> rows = new TreeMap<>();
        samples.forEach((series, ofSeries) -> {
            TreeMap<Long, Bucket> joined = new TreeMap<>();
            for (Bucket bucket : buckets(ofSeries, base)) {
                long start = Math.floorDiv(bucket.start, step) * step;
                Bucket longer = joined.putIfAbsent(start, bucket);
                if (longer != null) {
                    longer.append(bucket);
                }
            }
            joined.forEach((start, bucket) -> rows.put(series + " at " + start, bucket.row()));
        });
        return rows;
    }

    private static List<Bucket> buckets(TreeMap<Long, String> samples, long base) {
        List<Bucket> buckets = new ArrayList<>();
        samples.forEach((time, text) -> {
            double value = Double.longBitsToDouble(Long.parseUnsignedLong(text.substring(2), 16));
            if (!Double.isNaN(value)) {
                long start = Math.floorDiv(time, base) * base;
                if (buckets.isEmpty() || buckets.get(buckets.size() - 1).start != start) {
                    buckets.add(new Bucket(start));
                }
                buckets.get(buckets.size() - 1).add(value);
            }
        });
        Double prior = null;
        for (Bucket bucket : buckets) {
            bucket.grow(prior);
            prior = bucket.last;
        }
        return buckets;
    }

    /** Zeros of either sign are the same. */
    static List<Object> row(long count, double... numbers) {
        List<Object> row = new ArrayList<>(List.of(count));
        for (double number : numbers) {
            row.add(number + 0.0);
        }
        return row;
    }

    /** Whether no number in these sums is near what a double can hold: those are made in another way. */
    static boolean isOrdinary(List<Object> row) {
        return row.stream().skip(1).allMatch(number -> Math.abs((Double) number) < HUGE);
    }
}
