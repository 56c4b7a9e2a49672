package io.promgres.series;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/**
 * A fast hash of short byte ranges: eight bytes at a time, in two chains of 64 by 64 to 128 bit multiplications whose
 * halves are folded together. The multipliers are secret random numbers of this process, so that no sender can prepare keys
 * that collide. Not for anything that must be the same tomorrow. About 25 ns for 130 bytes (SeriesCacheBenchmark).
 */
final class SeededHash implements KeyHash {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long secret0;
    private final long secret1;
    private final long secret2;
    private final long secret3;

    SeededHash(RandomGenerator random) {
        secret0 = random.nextLong() | 1;
        secret1 = random.nextLong() | 1;
        secret2 = random.nextLong() | 1;
        secret3 = random.nextLong() | 1;
    }

    @Override
    public long hash(byte[] bytes, int from, int to) {
        int length = to - from;
        long a = secret0 ^ length;
        long b = secret1;
        int at = from;
        for (; to - at > 32; at += 32) {
            a = fold(longAt(bytes, at) ^ secret2, longAt(bytes, at + 8) ^ a);
            b = fold(longAt(bytes, at + 16) ^ secret3, longAt(bytes, at + 24) ^ b);
        }
        if (to - at > 16) {
            a = fold(longAt(bytes, at) ^ secret2, longAt(bytes, at + 8) ^ a);
        }
        if (length >= 16) {
            b = fold(longAt(bytes, to - 16) ^ secret3, longAt(bytes, to - 8) ^ b);
        } else {
            b = fold(head(bytes, from, to) ^ secret3, tail(bytes, from, to) ^ b);
        }
        return fold(a ^ secret1, b ^ secret0);
    }

    /** Of fewer than 16 bytes: the first 8 if there are as many, else all. */
    private static long head(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length >= 8) {
            return longAt(bytes, from);
        }
        long result = 0;
        for (int i = from; i < to; i++) {
            result = result << 8 | bytes[i] & 0xff;
        }
        return result;
    }

    /** The last 8 of fewer than 16 bytes, if there are as many. */
    private static long tail(byte[] bytes, int from, int to) {
        return to - from >= 8 ? longAt(bytes, to - 8) : 0;
    }

    private static long longAt(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    private static long fold(long x, long y) {
        return x * y ^ Math.multiplyHigh(x, y);
    }
}
