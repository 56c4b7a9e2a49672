package io.promgres.remotewrite;

import io.promgres.model.SymbolIndex;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The symbols of one 2.0 request: where each stands in the message, and its number in the index, which is looked up when it
 * is asked for the first time. Growable, reused.
 */
final class Symbols {

    /** Room for up to this many symbols is kept. */
    private static final int ALWAYS_KEPT = 1 << 16;

    private static final byte[] METRIC_NAME = "__name__".getBytes(StandardCharsets.UTF_8);

    private final SymbolIndex index;
    private byte[] message = new byte[0];
    private int[] from = new int[1024];
    private int[] to = new int[1024];

    /** 0: not asked for yet. */
    private long[] ids = new long[1024];

    private int size;
    private int metricName;

    Symbols(SymbolIndex index) {
        this.index = index;
    }

    void reset(byte[] newMessage) {
        message = newMessage;
        if (ids.length > ALWAYS_KEPT) {
            resize(1024);
        }
        Arrays.fill(ids, 0, Math.min(size, ids.length), 0);
        size = 0;
        metricName = -1;
    }

    void add(int symbolFrom, int symbolTo) {
        if (size == ids.length) {
            resize(size * 2);
        }
        from[size] = symbolFrom;
        to[size] = symbolTo;
        if (metricName < 0 && Arrays.equals(message, symbolFrom, symbolTo, METRIC_NAME, 0, METRIC_NAME.length)) {
            metricName = size;
        }
        size++;
    }

    private void resize(int capacity) {
        from = Arrays.copyOf(from, capacity);
        to = Arrays.copyOf(to, capacity);
        ids = Arrays.copyOf(ids, capacity);
    }

    int size() {
        return size;
    }

    /** Whether there is such a symbol. */
    boolean has(int ref) {
        return Integer.compareUnsigned(ref, size) < 0;
    }

    byte[] bytes() {
        return message;
    }

    int from(int ref) {
        return from[ref];
    }

    int to(int ref) {
        return to[ref];
    }

    long id(int ref) {
        long id = ids[ref];
        if (id == 0) {
            id = index.idOf(message, from[ref], to[ref]);
            ids[ref] = id;
        }
        return id;
    }

    /** Whether it is {@code __name__}, at its first place in the table. */
    boolean isMetricName(int ref) {
        return ref == metricName;
    }
}
