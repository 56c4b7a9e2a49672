package io.promgres.promql.engine;

import io.promgres.promql.data.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The hash that Prometheus has for labels (XXH64 of the texts with their lengths), so that limit_ratio chooses the same series. */
final class LabelHash {

    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;

    private LabelHash() {}

    /** From 0 to 1. */
    static double fraction(Labels labels) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < labels.size(); i++) {
            append(bytes, labels.name(i));
            append(bytes, labels.value(i));
        }
        long hash = xxh64(bytes.toByteArray());
        double unsigned = (hash >>> 1) * 2.0 + (hash & 1);
        return unsigned / 0x1p64;
    }

    private static void append(ByteArrayOutputStream bytes, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length < 255) {
            bytes.write(utf8.length);
        } else {
            bytes.write(255);
            bytes.write(utf8.length);
            bytes.write(utf8.length >> 8);
            bytes.write(utf8.length >> 16);
        }
        bytes.writeBytes(utf8);
    }

    /** With the seed 0. Source: the specification of xxHash. */
    static long xxh64(byte[] data) {
        int at = 0;
        long hash;
        if (data.length >= 32) {
            long v1 = P1 + P2;
            long v2 = P2;
            long v3 = 0;
            long v4 = -P1;
            for (; at <= data.length - 32; at += 32) {
                v1 = round(v1, longAt(data, at));
                v2 = round(v2, longAt(data, at + 8));
                v3 = round(v3, longAt(data, at + 16));
                v4 = round(v4, longAt(data, at + 24));
            }
            hash = Long.rotateLeft(v1, 1) + Long.rotateLeft(v2, 7) + Long.rotateLeft(v3, 12) + Long.rotateLeft(v4, 18);
            hash = merge(merge(merge(merge(hash, v1), v2), v3), v4);
        } else {
            hash = P5;
        }
        hash += data.length;
        for (; at <= data.length - 8; at += 8) {
            hash = Long.rotateLeft(hash ^ round(0, longAt(data, at)), 27) * P1 + P4;
        }
        if (at <= data.length - 4) {
            long four = (data[at] & 0xffL)
                    | (data[at + 1] & 0xffL) << 8
                    | (data[at + 2] & 0xffL) << 16
                    | (data[at + 3] & 0xffL) << 24;
            hash = Long.rotateLeft(hash ^ four * P1, 23) * P2 + P3;
            at += 4;
        }
        for (; at < data.length; at++) {
            hash = Long.rotateLeft(hash ^ (data[at] & 0xffL) * P5, 11) * P1;
        }
        hash = (hash ^ hash >>> 33) * P2;
        hash = (hash ^ hash >>> 29) * P3;
        return hash ^ hash >>> 32;
    }

    private static long round(long accumulator, long input) {
        return Long.rotateLeft(accumulator + input * P2, 31) * P1;
    }

    private static long merge(long hash, long value) {
        return (hash ^ round(0, value)) * P1 + P4;
    }

    private static long longAt(byte[] data, int at) {
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | data[at + i] & 0xff;
        }
        return value;
    }
}
