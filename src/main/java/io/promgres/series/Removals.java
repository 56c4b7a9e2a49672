package io.promgres.series;

import java.util.HashMap;
import java.util.Map;

/**
 * Which addresses have been taken from their series, in the database, since this daemon began. Thread-safe.
 *
 * <p>Addresses are looked up first and used later. So whoever looks some up notes the {@link #epoch} before; when it has
 * changed by the time they are used, {@link #isRemoved} tells which of them must not be. An address that has been given to
 * another series since has an epoch of that time.
 */
public final class Removals {

    private final SeriesCache cache;
    private final KnownStarts starts;
    private final Map<Long, Long> epochOfRemoval = new HashMap<>();
    private volatile long epoch;

    public Removals(SeriesCache cache, KnownStarts starts) {
        this.cache = cache;
        this.starts = starts;
    }

    /** The last removal that the cache has followed. */
    public long epoch() {
        return epoch;
    }

    /**
     * Follows removals: the cache does not hold these addresses any more when the epoch has changed.
     *
     * @param newEpoch of the last one
     */
    public synchronized void follow(long newEpoch, long[] addresses) {
        for (long address : addresses) {
            epochOfRemoval.merge(address, newEpoch, Math::max);
            starts.forget(address);
        }
        cache.removeIf(address -> isRemoved(address, epoch));
        epoch = Math.max(epoch, newEpoch);
    }

    /**
     * Makes a series known, unless it was removed while it was interned.
     *
     * @param interned the epoch before it was interned
     */
    public synchronized void remember(byte[] key, long address, long interned) {
        if (!isRemoved(address, interned)) {
            cache.put(key, address);
        }
    }

    /**
     * Makes the start of a series known, unless the series was removed meanwhile.
     *
     * @param start milliseconds since the epoch
     * @param interned the epoch before its address was looked up
     */
    public synchronized void rememberStart(long address, long start, long interned) {
        if (!isRemoved(address, interned)) {
            starts.put(address, start);
        }
    }

    /** Whether an address that was looked up at an epoch has been taken from its series since. */
    public synchronized boolean isRemoved(long address, long lookedUp) {
        return epochOfRemoval.getOrDefault(address, Long.MIN_VALUE) > lookedUp;
    }
}
