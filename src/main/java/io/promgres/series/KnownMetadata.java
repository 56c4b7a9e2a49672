package io.promgres.series;

import io.promgres.model.MetadataIndex;
import io.promgres.model.SeriesAddress;

/**
 * The metadata that this daemon has stored, by its bytes on the wire; bounded in bytes. Thread-safe, see {@link SeriesCache}.
 */
public final class KnownMetadata implements MetadataIndex {

    private final SeriesCache keys;

    /** @param maxBytes at least {@link SeriesCache#SMALLEST} */
    public KnownMetadata(long maxBytes) {
        keys = new SeriesCache(maxBytes);
    }

    @Override
    public boolean isKnown(byte[] bytes, int from, int to) {
        return keys.find(bytes, from, to) != SeriesAddress.UNKNOWN;
    }

    public void add(byte[] key) {
        keys.put(key, 0);
    }

    /** The number of entries known. */
    public long entries() {
        return keys.entries();
    }

    /** The bytes taken. */
    public long bytes() {
        return keys.bytes();
    }

    /** Forgets everything, so that what still comes is stored again, with the time when it was seen. */
    public void clear() {
        keys.clear();
    }
}
