package io.promgres.series;

import io.promgres.model.SeriesAddress;
import io.promgres.model.SeriesIndex;
import java.security.SecureRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;

/**
 * The known series, by the bytes of their labels on the wire; bounded in bytes.
 *
 * <p><b>Contract.</b> {@link #find} may be called by any number of threads at any time and never waits. It finds what was
 * put before, in the sense of happens-before, and not removed since; what is put, removed or displaced meanwhile it may or
 * may not find. What it returns is never the address of other bytes: hashes choose, bytes decide. A series that was
 * displaced is unknown again, which costs one interning and nothing else.
 *
 * <p><b>Reason.</b> Each sample asks once, series change seldom. So writers take a lock and readers none. A writer first
 * writes an entry to an arena where no reader looks yet, then stores the reference to it in a slot of the table with
 * release semantics; a reader loads the slot with acquire semantics and therefore sees the entry, whose key and address
 * never change. A table that becomes too small is copied and published by a volatile write; a reader that still holds the
 * old one misses what was added since. Two generations bound the memory: when the young one has used its half of the
 * bytes, it becomes the old one, whose series are carried over to the next young one when they are looked up, by a reader
 * if it gets the lock at once. What is not looked up between two rotations is displaced.
 *
 * <p><b>Misuse.</b> Addresses that were found before {@link #removeIf} or {@link #clear} may still be on their way in other
 * threads when that returns. A working set larger than half of the bytes is displaced all the time: watch the misses.
 *
 * <p><b>Number.</b> A series with 130 label bytes takes about 170 bytes of one generation, so that a cache for a million
 * series is given 400 MB and uses 170 until it rotates. A look-up in the order of arrival through a {@link #reader} takes
 * about 30 ns with 100,000 series, without a reader 140, at random several hundred: those are cache misses
 * (SeriesCacheBenchmark).
 */
public final class SeriesCache implements SeriesIndex {

    /** With less, chunks and tables do not fit: bytes. */
    public static final long SMALLEST = 1 << 17;

    private record Generations(Generation young, Generation old) {}

    private final KeyHash hash;
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    private volatile Generations generations;

    /** Guarded by the lock. */
    private long lastNumber;

    /** @param maxBytes of arenas and tables, both generations together; at least {@link #SMALLEST} */
    public SeriesCache(long maxBytes) {
        this(maxBytes, new SeededHash(new SecureRandom()));
    }

    SeriesCache(long maxBytes, KeyHash hash) {
        if (maxBytes < SMALLEST) {
            throw new IllegalArgumentException("the series cache needs at least " + SMALLEST + " bytes");
        }
        this.maxBytes = maxBytes;
        this.hash = hash;
        generations = empty();
    }

    @Override
    public long find(byte[] bytes, int from, int to) {
        Generations current = generations;
        long keyHash = hash.hash(bytes, from, to);
        long address = current.young.find(keyHash, bytes, from, to);
        return address != SeriesAddress.UNKNOWN ? address : findOld(current, keyHash, bytes, from, to);
    }

    private long findOld(Generations current, long keyHash, byte[] bytes, int from, int to) {
        long address = current.old.find(keyHash, bytes, from, to);
        if (address != SeriesAddress.UNKNOWN) {
            carryOver(current, keyHash, bytes, from, to);
        }
        return address;
    }

    /** If another thread writes just now, the next look-up will do it. */
    private void carryOver(Generations found, long keyHash, byte[] bytes, int from, int to) {
        if (!lock.tryLock()) {
            return;
        }
        try {
            long address = found.old.find(keyHash, bytes, from, to);
            if (generations == found
                    && address != SeriesAddress.UNKNOWN
                    && found.young.find(keyHash, bytes, from, to) == SeriesAddress.UNKNOWN) {
                insert(keyHash, bytes, from, to, address);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes a series known, or gives it another address.
     *
     * @param key the bytes of its labels; copied. A key that is longer than a chunk of the arena (256 KiB, or a
     *     sixteenth of a generation if that is less) is not kept: its series stays unknown
     * @param address see {@link SeriesAddress}
     */
    public void put(byte[] key, long address) {
        lock.lock();
        try {
            long keyHash = hash.hash(key, 0, key.length);
            boolean fits = key.length <= generations.young.longestKey();
            if (fits && generations.young.find(keyHash, key, 0, key.length) != address) {
                insert(keyHash, key, 0, key.length, address);
            }
        } finally {
            lock.unlock();
        }
    }

    private void insert(long keyHash, byte[] bytes, int from, int to, long address) {
        if (!generations.young.put(keyHash, bytes, from, to, address)) {
            generations = new Generations(emptyGeneration(), generations.young);
            generations.young.put(keyHash, bytes, from, to, address);
        }
    }

    /** Forgets the series at these addresses: after deletions in the database. Looks at every entry. */
    public void removeIf(LongPredicate address) {
        lock.lock();
        try {
            generations.young.removeIf(address);
            generations.old.removeIf(address);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets everything. */
    public void clear() {
        lock.lock();
        try {
            generations = empty();
        } finally {
            lock.unlock();
        }
    }

    private Generations empty() {
        return new Generations(emptyGeneration(), emptyGeneration());
    }

    private Generation emptyGeneration() {
        return new Generation(++lastNumber, hash, maxBytes / 2);
    }

    /**
     * This cache for one thread: first tries the entry that was asked for after the last one when that was asked for before.
     * Senders repeat the order in which they send their series, so that most look-ups compare bytes, and neither hash nor probe;
     * and where the order is that in which the series became known, the processor has fetched the bytes ahead.
     */
    public SeriesIndex reader() {
        return new Reader();
    }

    private final class Reader implements SeriesIndex {

        /** The number instead of the generation itself, so that an idle reader does not keep a displaced one. */
        private long generation;

        /** The entry that was found last, of that generation. */
        private long last;

        @Override
        public long find(byte[] bytes, int from, int to) {
            Generations current = generations;
            Generation young = current.young;
            // References are those of one generation.
            boolean hasLast = generation == young.number();
            long entry = hasLast ? young.next(last) : 0;
            if (entry == 0 || !young.hasAt(entry, bytes, from, to)) {
                long keyHash = hash.hash(bytes, from, to);
                entry = young.entryOf(keyHash, bytes, from, to);
                if (entry == 0) {
                    return findOld(current, keyHash, bytes, from, to);
                }
                if (hasLast) {
                    young.link(last, entry);
                }
            }
            generation = young.number();
            last = entry;
            return young.addressAt(entry);
        }

        @Override
        public void lookedUp(int newHits, int newMisses) {
            SeriesCache.this.lookedUp(newHits, newMisses);
        }
    }

    @Override
    public void lookedUp(int newHits, int newMisses) {
        hits.add(newHits);
        misses.add(newMisses);
    }

    /** Look-ups that found a series, since the start. */
    public long hits() {
        return hits.sum();
    }

    /** Look-ups that found none, since the start. */
    public long misses() {
        return misses.sum();
    }

    /** The number of keys known; one that was carried over counts in both generations. */
    public long entries() {
        lock.lock();
        try {
            return generations.young.entries() + generations.old.entries();
        } finally {
            lock.unlock();
        }
    }

    /** The bytes of arenas and tables. */
    public long bytes() {
        lock.lock();
        try {
            return generations.young.bytes() + generations.old.bytes();
        } finally {
            lock.unlock();
        }
    }
}
