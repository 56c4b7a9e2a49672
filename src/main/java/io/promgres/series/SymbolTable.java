package io.promgres.series;

import io.promgres.model.SeriesAddress;
import io.promgres.model.SymbolIndex;
import java.util.Arrays;

/**
 * The symbols of remote write 2.0 that came before, bounded in bytes. Thread-safe: who asks for a symbol that is there does
 * not wait, see {@link SeriesCache}.
 *
 * <p>Numbers are never used twice, so that a key which is made of them can never mean another series. A symbol that was
 * displaced gets a new number, and its series are unknown once more.
 */
public final class SymbolTable implements SymbolIndex {

    /** A million new symbols a second would reach it in nine years. */
    private static final long LAST = (1L << 48) - 1;

    private final SeriesCache symbols;
    private long last;

    /** @param maxBytes at least {@link SeriesCache#SMALLEST} */
    public SymbolTable(long maxBytes) {
        symbols = new SeriesCache(maxBytes);
    }

    @Override
    public long idOf(byte[] bytes, int from, int to) {
        long id = symbols.find(bytes, from, to);
        return id == SeriesAddress.UNKNOWN ? add(bytes, from, to) : id;
    }

    private synchronized long add(byte[] bytes, int from, int to) {
        long id = symbols.find(bytes, from, to);
        if (id != SeriesAddress.UNKNOWN) {
            return id;
        }
        if (last == LAST) {
            throw new IllegalStateException("there are no more numbers for symbols: restart promgres");
        }
        last++;
        symbols.put(Arrays.copyOfRange(bytes, from, to), last);
        return last;
    }

    /** The number of symbols known; one that was carried over counts twice. */
    public long entries() {
        return symbols.entries();
    }

    /** The bytes taken. */
    public long bytes() {
        return symbols.bytes();
    }
}
