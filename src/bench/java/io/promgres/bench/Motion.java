package io.promgres.bench;

/** How the values of a series move from scrape to scrape. Any value can be had at any time, without those before. */
enum Motion {
    /** The same whole number for ever, as more than half of what a node exporter has. */
    CONSTANT {
        @Override
        double value(long seed, long scrape) {
            return Math.floorMod(seed, 1_000_000);
        }
    },
    /** A counter of seconds with two decimals. */
    SECONDS {
        @Override
        double value(long seed, long scrape) {
            return (Math.floorMod(seed, 100_000_000) + scrape * Math.floorMod(seed, 1_499) + mix(seed + scrape) % 50)
                    / 100.0;
        }
    },
    /** A counter of events or bytes. */
    COUNTER {
        @Override
        double value(long seed, long scrape) {
            return Math.floorMod(seed, 10_000_000) + scrape * (1 + Math.floorMod(seed, 9_973)) + mix(seed + scrape) % 7;
        }
    },
    /** A gauge of bytes in whole pages. */
    PAGES {
        @Override
        double value(long seed, long scrape) {
            return 4096.0 * (Math.floorMod(seed, 1_000_000) + mix(seed + scrape) % 1024);
        }
    },
    /** A gauge with two decimals, as a load average. */
    DECIMAL {
        @Override
        double value(long seed, long scrape) {
            return mix(seed + scrape) % 400 / 100.0;
        }
    },
    /** A whole number from 0 to 99, another one each time. */
    DICE {
        @Override
        double value(long seed, long scrape) {
            return mix(seed + scrape) % 100;
        }
    },
    /** All bits of a double. */
    RANDOM {
        @Override
        double value(long seed, long scrape) {
            return (mix(seed + scrape) >>> 9) * 0x1p-53;
        }
    };

    abstract double value(long seed, long scrape);

    /** The 64 bits of a series' value. */
    long bits(int series, long scrape) {
        return Double.doubleToRawLongBits(value(mix(series), scrape));
    }

    /** A number from 0 to 2^62 that looks random: the finalizer of splitmix64. */
    static long mix(long number) {
        long mixed = number + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return (mixed ^ mixed >>> 31) >>> 2;
    }
}
