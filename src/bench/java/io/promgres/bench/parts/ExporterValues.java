package io.promgres.bench.parts;

import java.util.Random;

/**
 * Values that move as those of a node exporter do. Of 100 series 55 do not change, 12 are CPU seconds with two decimals, 18
 * are counters of bytes and events, 8 whole gauges of bytes, 4 gauges with decimals, 3 have all bits of a double: the shares
 * of a node exporter 1.5 on a virtual machine.
 */
final class ExporterValues {

    private static final int SHARES = 100;

    private final double[] values;
    private final double[] speeds;
    private final Random random = new Random(42);

    ExporterValues(int series) {
        values = new double[series];
        speeds = new double[series];
        for (int n = 0; n < series; n++) {
            values[n] = Math.rint(random.nextDouble() * 1e6);
            speeds[n] = Math.exp(random.nextGaussian() * 3);
        }
    }

    /** The 64 bits of a series' next value, 15 seconds on. */
    long next(int series) {
        int share = series % SHARES;
        double value = values[series];
        if (share < 55) {
            return Double.doubleToRawLongBits(value);
        } else if (share < 67) {
            value = Math.rint((value + random.nextDouble() * 15) * 100) / 100;
        } else if (share < 85) {
            value += Math.rint(random.nextDouble() * speeds[series] * 100);
        } else if (share < 93) {
            value = Math.max(0, value + Math.rint(random.nextGaussian() * speeds[series]) * 4096);
        } else if (share < 97) {
            value = Math.rint(random.nextDouble() * 400) / 100;
        } else {
            value += random.nextDouble();
        }
        values[series] = value;
        return Double.doubleToRawLongBits(value);
    }
}
