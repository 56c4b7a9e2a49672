package io.promgres.series;

/** A hash of a range of bytes; all 64 bits are used. */
interface KeyHash {

    long hash(byte[] bytes, int from, int to);
}
