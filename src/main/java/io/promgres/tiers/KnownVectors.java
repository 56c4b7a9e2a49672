package io.promgres.tiers;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The times of vectors that were read last. A vector never changes; it is known by its id and by the transaction that wrote
 * its row, so that one of the same id in a database that was failed over to is another one. Thread-safe.
 */
public final class KnownVectors {

    private final long mostBytes;
    private final Map<Key, VectorTimes> vectors = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    /** @param mostBytes about the memory that it takes */
    public KnownVectors(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * @param transaction that wrote the vector's row
     * @param upper its last time, microseconds since 2000
     */
    record Key(long id, int transaction, long upper) {}

    /** Null if it is not known. */
    synchronized VectorTimes get(Key key) {
        return vectors.get(key);
    }

    synchronized void put(Key key, VectorTimes times) {
        if (vectors.put(key, times) == null) {
            bytes += times.bytes();
        }
        Iterator<VectorTimes> eldest = vectors.values().iterator();
        while (bytes > mostBytes && eldest.hasNext()) {
            bytes -= eldest.next().bytes();
            eldest.remove();
        }
    }
}
