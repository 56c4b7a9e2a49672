package io.promgres.remotewrite;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The bytes by which a 2.0 series is recognised: a zero byte, with which no key of 1.0 begins, then the numbers of the
 * symbols of its labels, six bytes each, in the order in which they were sent. Ten labels take 121 bytes, however long
 * they are.
 *
 * <p>Good until the next {@link #reset}.
 */
final class RefKey {

    /** Of a symbol's number. */
    static final int WIDTH = 6;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int[] refs;
    private final byte[] bytes;
    private int sent;
    private boolean outOfRange;
    private boolean suffixed;

    /** @param capacity labels; of a series with more, the first are kept and the rest is counted */
    RefKey(int capacity) {
        refs = new int[2 * capacity];
        bytes = new byte[1 + (2 * capacity + 1) * WIDTH + Long.BYTES];
    }

    void reset() {
        sent = 0;
        outOfRange = false;
        suffixed = false;
    }

    void add(int ref, Symbols symbols) {
        if (!symbols.has(ref)) {
            outOfRange = true;
        } else if (sent < refs.length) {
            refs[sent] = ref;
            LONG.set(bytes, 1 + sent * WIDTH, symbols.id(ref));
        }
        sent++;
    }

    /**
     * Ends the key of a series whose references are complete and valid.
     *
     * @param suffix the number of a text that tells it from the keys of others with the same labels; 0 for none. Such a key
     *     has an odd number of symbols
     */
    void end(long suffix) {
        suffixed = suffix != 0;
        if (suffixed) {
            LONG.set(bytes, 1 + Math.min(sent, refs.length) * WIDTH, suffix);
        }
    }

    /** The number of references. */
    int sent() {
        return sent;
    }

    /** An even number of references, all of which lead to a symbol. */
    boolean isValid() {
        return !outOfRange && (sent & 1) == 0;
    }

    /** All of the references are in the key. */
    boolean isComplete() {
        return sent <= refs.length;
    }

    /** The number of labels kept; those of a key that is not valid are the ones before the first mistake, or fewer. */
    int labels() {
        return outOfRange ? 0 : Math.min(sent, refs.length) / 2;
    }

    int nameRef(int label) {
        return refs[2 * label];
    }

    int valueRef(int label) {
        return refs[2 * label + 1];
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return 1 + (Math.min(sent, refs.length) + (suffixed ? 1 : 0)) * WIDTH;
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, length());
    }
}
