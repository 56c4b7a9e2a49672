package io.promgres.packing;

import io.promgres.model.LabelSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Samples of random series of a few metrics on four targets: regular, gappy, sparse at random, jittered, irregular and short-lived; counters
 * with resets, gauges, constants, decimals, nanoseconds, binary fractions, whole numbers beyond 2^53,
 * subnormals, all bits, NaN payloads, infinities, negative zeros, and a stale marker at the end.
 *
 * @param labels of the series, by number
 * @param samples of all series, in the order of series and time
 */
record RandomSeries(List<LabelSet> labels, List<Sample> samples) {

    static final long STALE = 0x7ff0000000000002L;

    private static final String[] METRICS = {"up", "cpu_seconds_total", "memory_bytes", "temperature", "landing"};
    private static final long HOUR = 3_600_000;
    private static final int KINDS = 19;

    /** From this number on, series are of one target that never misses a scrape: of all kinds, ten. */
    private static final int REGULAR = 30;

    /**
     * A sample of a series.
     *
     * @param series its number
     * @param time milliseconds since the epoch
     * @param bits of the value
     */
    record Sample(int series, long time, long bits) {}

    /** Series with a sample every 15 seconds, some every minute. */
    static RandomSeries of(Random random, int series, Instant start, int hours) {
        return of(random, series, start, hours, 15_000);
    }

    /** @param step milliseconds between the samples of most series; of some four times as much */
    static RandomSeries of(Random random, int series, Instant start, int hours, long step) {
        List<LabelSet> labels = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        for (int n = 0; n < series; n++) {
            String host = "host" + (n < REGULAR ? n % 3 : 3);
            labels.add(LabelSet.ofSorted(
                    "__name__", METRICS[n % METRICS.length], "instance", host, "job", "node", "n", "" + n));
            if (n < REGULAR) {
                addSeries(random, n, start.toEpochMilli(), hours * HOUR, n % 7 == 0 ? 4 * step : step, samples);
            } else {
                addRegularSeries(random, n, start.toEpochMilli(), hours * HOUR, step, samples);
            }
        }
        return new RandomSeries(labels, samples);
    }

    private static void addRegularSeries(Random random, int n, long start, long length, long step, List<Sample> into) {
        long bits = bits(random.nextInt(1000));
        for (long at = 0; at < length; at += step) {
            bits = next(random, n % KINDS, Double.longBitsToDouble(bits));
            into.add(new Sample(n, start + at, bits));
        }
    }

    private static void addSeries(Random random, int n, long start, long length, long step, List<Sample> into) {
        long offset = n % 3 * 1_111;
        long bits = Double.doubleToRawLongBits(random.nextInt(1000));
        long at = n % 5 == 4 ? (long) (random.nextDouble() * length) : 0;
        while (at < length) {
            if (isScraped(random, n)) {
                long jitter = n % 11 == 10 ? random.nextInt(500) : 0;
                bits = next(random, n % KINDS, Double.longBitsToDouble(bits));
                into.add(new Sample(n, start + at + offset + jitter, bits));
            }
            at += n % 13 == 12 ? step / 15 + random.nextInt((int) step * 4) : step;
        }
        into.add(new Sample(n, start + length + offset + HOUR / 60, STALE));
    }

    /** Half of the series miss ticks at random: a tenth of them, two thirds, or seven eighths. */
    private static boolean isScraped(Random random, int n) {
        return switch (n % 6) {
            case 1 -> random.nextInt(10) > 0;
            case 2 -> random.nextInt(3) == 0;
            case 5 -> random.nextInt(8) == 0;
            default -> true;
        };
    }

    private static long next(Random random, int kind, double last) {
        double value = Double.isFinite(last) ? last : 1;
        return switch (kind) {
            case 0 -> bits(1);
            case 1 -> bits(random.nextInt(500) == 0 ? 0 : value + random.nextInt(20));
            case 2 -> bits(Math.rint((value + random.nextDouble()) * 100) / 100);
            case 3 -> bits(random.nextGaussian());
            case 4 -> bits(random.nextInt(100) == 0 ? Double.NEGATIVE_INFINITY : random.nextInt() * 1e3);
            case 5 -> bits(random.nextBoolean() ? -0.0 : 0.0);
            case 6 -> random.nextLong();
            case 7 -> bits(random.nextInt(50) == 0 ? Double.MIN_VALUE : 20 + random.nextInt(100) / 10.0);
            case 8 -> bits(random.nextInt(1 << 10) * Double.MIN_VALUE);
            case 9 -> bits(value + 7);
            case 10 ->
                bits(random.nextInt(300) == 0 ? 0 : (Math.rint(value * 1e3) + 15_000 + random.nextInt(2_000)) / 1e3);
            case 11 -> bits((1L << 53) + 2.0 * random.nextInt(1 << 20));
            case 12 -> bits(random.nextInt(1_000_000) / 1e9);
            case 13 -> bits(1 + random.nextInt(1 << 20) * 0x1p-40);
            case 14 -> bits(random.nextInt(1 << 16));
            case 15 -> bits(Math.rint(value * 10 + random.nextInt(9)) / 10);
            case 16 -> bits(random.nextInt());
            case 17 -> bits(value + random.nextDouble());
            default -> random.nextInt(20) == 0 ? notANumber(random) : bits(random.nextInt(100));
        };
    }

    /** Any NaN: quiet or signalling, of both signs, with any payload. */
    private static long notANumber(Random random) {
        return random.nextLong() | 0x7ff0000000000001L;
    }

    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }
}
