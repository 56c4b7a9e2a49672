package io.promgres.series;

import io.promgres.model.PlaceEpoch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What this daemon may believe of addresses: by which epoch of the database it knows them, and which of them have been taken
 * from their series since this daemon began. Thread-safe.
 *
 * <p>Addresses are looked up first and used later. So a thread that looks some up notes the {@link #epoch} before; when it has
 * changed by the time they are used, {@link #isRemoved} tells which of them must not be. An address that has been given to
 * another series since has an epoch of that time.
 *
 * <p>Removals are remembered for those that have looked up and not used yet, and no more than {@value #MOST_REMEMBERED}: then
 * whatever was looked up before counts as removed, and is looked up again.
 *
 * <p>{@link #places} is at or after every address that the cache has, and the database is asked for it in each transaction
 * that writes. It moves only from an epoch to one that was read in a transaction that had that epoch: so all that is known
 * comes from one history, even if connections lead to several databases.
 */
public final class Removals {

    // Each takes some 90 bytes.
    private static final int MOST_REMEMBERED = 1 << 16;

    private final SeriesCache cache;
    private final KnownStarts starts;
    private final Map<Long, Long> epochOfRemoval = new HashMap<>();
    private final List<Runnable> forgetting = new ArrayList<>();
    private volatile Known known = new Known(0, PlaceEpoch.NONE);
    private long forgotten = Long.MIN_VALUE;

    /**
     * What is known.
     *
     * @param epoch counts what has been removed and forgotten in this process
     * @param places the epoch of the database by which places are known
     */
    public record Known(long epoch, PlaceEpoch places) {}

    public Removals(SeriesCache cache, KnownStarts starts) {
        this.cache = cache;
        this.starts = starts;
    }

    /** Has something else forgotten together with the addresses. */
    public synchronized void alsoForget(Runnable forget) {
        forgetting.add(forget);
    }

    /** The last removal that the cache has followed. */
    public long epoch() {
        return known.epoch();
    }

    public Known known() {
        return known;
    }

    /**
     * Follows removals: the cache does not hold these addresses any more when the epoch has changed. Nothing, if what is known
     * is not {@code before} any more.
     *
     * @param after the epoch of the database by which these are all that was taken
     */
    public synchronized void follow(PlaceEpoch before, PlaceEpoch after, long[] addresses) {
        if (!known.places().equals(before)) {
            return;
        }
        long epoch = known.epoch() + 1;
        long[] removed = addresses.clone();
        Arrays.sort(removed);
        for (long address : removed) {
            starts.forget(address);
        }
        remember(removed, epoch);
        if (removed.length > 0) {
            cache.removeIf(address -> Arrays.binarySearch(removed, address) >= 0);
        }
        known = new Known(epoch, after);
    }

    private void remember(long[] removed, long epoch) {
        if (epochOfRemoval.size() + removed.length > MOST_REMEMBERED) {
            epochOfRemoval.clear();
            forgotten = epoch;
            return;
        }
        for (long address : removed) {
            epochOfRemoval.put(address, epoch);
        }
    }

    /** How many removals are remembered. */
    synchronized int remembered() {
        return epochOfRemoval.size();
    }

    /** Forgets everything: the database has another history. Nothing, if what is known is not {@code before} any more. */
    public synchronized void forget(PlaceEpoch before) {
        if (!known.places().equals(before)) {
            return;
        }
        long epoch = known.epoch() + 1;
        forgotten = epoch;
        cache.clear();
        starts.clear();
        epochOfRemoval.clear();
        forgetting.forEach(Runnable::run);
        known = new Known(epoch, PlaceEpoch.NONE);
    }

    /**
     * Knows places up to another epoch of the database, which was read together with {@code before}.
     *
     * @return whether it does: not if what is known is neither of them, and therefore may be of another history
     */
    public synchronized boolean advance(PlaceEpoch before, PlaceEpoch after) {
        PlaceEpoch places = known.places();
        if (!places.equals(before) && !places.equals(after)) {
            return false;
        }
        known = new Known(known.epoch(), after);
        return true;
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

    /** Whether an address that was looked up at an epoch has been taken from its series since, or forgotten. */
    public synchronized boolean isRemoved(long address, long lookedUp) {
        return lookedUp < forgotten || epochOfRemoval.getOrDefault(address, Long.MIN_VALUE) > lookedUp;
    }
}
