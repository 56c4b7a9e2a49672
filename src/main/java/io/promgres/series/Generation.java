package io.promgres.series;

import io.promgres.model.SeriesAddress;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * A hash table from key bytes to addresses that only grows, up to a number of bytes. Any number of readers, one writer at a
 * time; see {@link SeriesCache} for why that is correct.
 *
 * <p>Entries (link, length, address, state, key) stand one after the other in chunks; of an entry only link and state change.
 * The table is open addressing with linear probing; a slot is 0 when free, {@link #REMOVED}, or 24 bits of the key's hash
 * above 40 bits that say where the entry is. So a look-up normally touches one cache line of the table and the entry
 * itself. Readers that go from entry to entry without the table trust the state: it becomes {@link #LIVE} after the entry
 * is written, and {@link #DEAD} when the table has given it up.
 */
final class Generation {

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(byte[].class);

    /** The state of an entry that counts; anything else is no entry, or none any more. */
    private static final byte LIVE = 1;

    private static final byte DEAD = 2;

    /** Of entries in a chunk: so a reference fits an int, and one that is written without a lock is never half written. */
    private static final int ALIGNMENT = 8;

    private static final int LINK_AT = 0;
    private static final int LENGTH_AT = LINK_AT + Integer.BYTES;
    private static final int ADDRESS_AT = LENGTH_AT + Integer.BYTES;
    private static final int STATE_AT = ADDRESS_AT + Long.BYTES;
    private static final int HEADER = STATE_AT + 1;

    private static final int REFERENCE_BITS = 40;
    private static final long REFERENCE_MASK = (1L << REFERENCE_BITS) - 1;

    /** The slot of an entry that was removed: its reference lies before that of the first entry. */
    private static final long REMOVED = 1;

    private static final int FIRST_REFERENCE = ALIGNMENT;

    /** Of entries: with more, a reference would not fit. */
    private static final long MOST_BYTES = 1L << 34;

    private static final int SMALLEST_TABLE = 256;
    private static final int LARGEST_TABLE = 1 << 30;

    private final long number;
    private final KeyHash hash;
    private final long maxBytes;
    private final int chunkBits;
    private final byte[][] chunks;

    private volatile long[] table = new long[SMALLEST_TABLE];

    private int occupiedSlots;
    private int entries;
    private int usedChunks;
    private int usedOfChunk;

    /** @param number of this generation, another one for each of a cache */
    Generation(long number, KeyHash hash, long maxBytes) {
        this.number = number;
        this.hash = hash;
        this.maxBytes = maxBytes;
        chunkBits = chunkBits(maxBytes);
        chunks = new byte[(int) (Math.min(maxBytes, MOST_BYTES) >>> chunkBits)][];
        usedOfChunk = 1 << chunkBits;
    }

    /** Between 4 KiB and 256 KiB, which G1 does not count as humongous in the smallest heap; about a sixteenth of all. */
    private static int chunkBits(long maxBytes) {
        int bits = Long.SIZE - 1 - Long.numberOfLeadingZeros(maxBytes / 16);
        return Math.max(12, Math.min(18, bits));
    }

    long number() {
        return number;
    }

    /** The address of a key, or {@link SeriesAddress#UNKNOWN}. */
    long find(long keyHash, byte[] bytes, int from, int to) {
        long entry = entryOf(keyHash, bytes, from, to);
        return entry == 0 ? SeriesAddress.UNKNOWN : addressAt(entry);
    }

    /** A reference to the entry of a key, 0 if there is none. */
    long entryOf(long keyHash, byte[] bytes, int from, int to) {
        return slotOf(table, keyHash, bytes, from, to) & REFERENCE_MASK;
    }

    /** Where to look for what is asked for after this entry: what {@link #link} says, else what was written after it. */
    long next(long entry) {
        int link = (int) INT.get(chunk(entry), offset(entry) + LINK_AT);
        return link != 0 ? Integer.toUnsignedLong(link) * ALIGNMENT : entry + size(lengthAt(entry));
    }

    /** Another entry was asked for after this one. Any thread: what one writes another may see or not, it is a hint. */
    void link(long entry, long next) {
        INT.set(chunk(entry), offset(entry) + LINK_AT, (int) (next / ALIGNMENT));
    }

    /** Whether there is an entry that counts at this reference, which {@link #next} gave, and it has this key. */
    boolean hasAt(long reference, byte[] bytes, int from, int to) {
        return stateAt(reference) == LIVE && hasKey(reference, bytes, from, to);
    }

    /** 0 if there is no entry. */
    private byte stateAt(long reference) {
        int number = chunkNumber(reference);
        byte[] chunk = number < chunks.length ? chunks[number] : null;
        int at = offset(reference) + STATE_AT;
        return chunk != null && at < chunk.length ? (byte) STATE.getAcquire(chunk, at) : 0;
    }

    /** What the slot of this key holds, 0 if there is none. */
    private long slotOf(long[] current, long keyHash, byte[] bytes, int from, int to) {
        int mask = current.length - 1;
        long tag = tag(keyHash);
        for (int i = (int) keyHash & mask; ; i = i + 1 & mask) {
            long slot = (long) SLOT.getAcquire(current, i);
            if (slot == 0) {
                return 0;
            }
            if ((slot & ~REFERENCE_MASK) == tag && slot != REMOVED && hasKey(slot, bytes, from, to)) {
                return slot;
            }
        }
    }

    private static long tag(long keyHash) {
        return keyHash & ~REFERENCE_MASK;
    }

    private boolean hasKey(long slot, byte[] bytes, int from, int to) {
        byte[] chunk = chunk(slot);
        int length = to - from;
        int at = offset(slot);
        int key = at + HEADER;
        return (int) INT.get(chunk, at + LENGTH_AT) == length
                && Arrays.equals(chunk, key, key + length, bytes, from, to);
    }

    private int chunkNumber(long slot) {
        return (int) ((slot & REFERENCE_MASK) - FIRST_REFERENCE >>> chunkBits);
    }

    private byte[] chunk(long slot) {
        return chunks[chunkNumber(slot)];
    }

    private int offset(long slot) {
        return (int) ((slot & REFERENCE_MASK) - FIRST_REFERENCE) & (1 << chunkBits) - 1;
    }

    private int lengthAt(long slot) {
        return (int) INT.get(chunk(slot), offset(slot) + LENGTH_AT);
    }

    long addressAt(long slot) {
        return (long) LONG.get(chunk(slot), offset(slot) + ADDRESS_AT);
    }

    private void kill(long slot) {
        STATE.setRelease(chunk(slot), offset(slot) + STATE_AT, DEAD);
    }

    /** The longest key that has room, bytes. */
    int longestKey() {
        return (1 << chunkBits) - HEADER;
    }

    /**
     * Adds a key, or gives it another address. Writer only.
     *
     * @return false if there is no room; then no entry has changed
     */
    boolean put(long keyHash, byte[] bytes, int from, int to, long address) {
        if (!hasRoomForSlot() || !hasRoomForEntry(to - from)) {
            return false;
        }
        long[] current = table;
        long former = slotOf(current, keyHash, bytes, from, to);
        long slot = tag(keyHash) | append(bytes, from, to, address);
        SLOT.setRelease(current, probe(current, keyHash, former), slot);
        if (former == 0) {
            occupiedSlots++;
            entries++;
        } else {
            kill(former);
        }
        return true;
    }

    /** The first place, from that of the hash on, where a slot holds this. */
    private static int probe(long[] slots, long keyHash, long wanted) {
        int mask = slots.length - 1;
        int i = (int) keyHash & mask;
        while (slots[i] != wanted) {
            i = i + 1 & mask;
        }
        return i;
    }

    /** At most two thirds of the slots are occupied. */
    private boolean hasRoomForSlot() {
        int size = table.length;
        if ((occupiedSlots + 1L) * 3 <= size * 2L) {
            return true;
        }
        if (size == LARGEST_TABLE || bytes() + 2L * size * Long.BYTES > maxBytes) {
            return false;
        }
        grow(size * 2);
        return true;
    }

    private void grow(int size) {
        long[] larger = new long[size];
        for (long slot : table) {
            if (slot != 0 && slot != REMOVED) {
                larger[probe(larger, hashAt(slot), 0)] = slot;
            }
        }
        occupiedSlots = entries;
        table = larger;
    }

    private long hashAt(long slot) {
        byte[] chunk = chunk(slot);
        int key = offset(slot) + HEADER;
        return hash.hash(chunk, key, key + lengthAt(slot));
    }

    private boolean hasRoomForEntry(int keyLength) {
        int chunkSize = 1 << chunkBits;
        if (size(keyLength) <= chunkSize - usedOfChunk) {
            return true;
        }
        if (usedChunks == chunks.length || bytes() + chunkSize > maxBytes) {
            return false;
        }
        chunks[usedChunks++] = new byte[chunkSize];
        usedOfChunk = 0;
        return true;
    }

    /** Of an entry, bytes. */
    private static int size(int keyLength) {
        return HEADER + keyLength + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /** Writes an entry; its reference. */
    private long append(byte[] bytes, int from, int to, long address) {
        byte[] chunk = chunks[usedChunks - 1];
        int at = usedOfChunk;
        INT.set(chunk, at + LENGTH_AT, to - from);
        LONG.set(chunk, at + ADDRESS_AT, address);
        System.arraycopy(bytes, from, chunk, at + HEADER, to - from);
        STATE.setRelease(chunk, at + STATE_AT, LIVE);
        usedOfChunk += size(to - from);
        return ((long) (usedChunks - 1) << chunkBits) + at + FIRST_REFERENCE;
    }

    /** Removes the entries whose address is meant; the room comes back with the generation. Writer only. */
    void removeIf(LongPredicate address) {
        long[] current = table;
        for (int i = 0; i < current.length; i++) {
            long slot = current[i];
            if (slot != 0 && slot != REMOVED && address.test(addressAt(slot))) {
                SLOT.setRelease(current, i, REMOVED);
                kill(slot);
                entries--;
            }
        }
    }

    /** Writer only. */
    int entries() {
        return entries;
    }

    /** Of the table and the chunks. Writer only. */
    long bytes() {
        return (long) table.length * Long.BYTES + ((long) usedChunks << chunkBits);
    }
}
