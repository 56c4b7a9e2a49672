package io.promgres.codec;

import java.io.IOException;
import org.xerial.snappy.Snappy;

/**
 * Decompresses snappy blocks (not the framed format) into a buffer of its own.
 *
 * <p>The buffer belongs to this object: what {@link #bytes} returns is good until the next {@link #decompress}. One thread
 * at a time. The declared length is checked before memory is taken: against the limit, and against what the compressed
 * bytes can expand to at most.
 *
 * <p>Source of the format: google/snappy, format_description.txt.
 */
public final class SnappyBlock {

    /** The densest element of the format is a copy: 3 bytes that stand for up to 64. */
    private static final int DENSEST_OUTPUT = 64;

    private static final int DENSEST_INPUT = 3;

    /** A buffer of up to this many bytes is kept, however little of it is used. */
    private static final int ALWAYS_KEPT = 1 << 20;

    /** A buffer for more is not made larger than it has to be. */
    private static final int GROWS_AHEAD = 4 << 20;

    /** A larger one goes when this many bodies in a row have used less than a quarter of it. */
    private static final int SPARSE_BODIES = 64;

    private final int limit;
    private byte[] buffer = new byte[0];
    private int sparseBodies;

    /** @param limit of the decompressed length, bytes */
    public SnappyBlock(int limit) {
        this.limit = limit;
    }

    /**
     * Decompresses {@code body[offset, offset + length)} into {@link #bytes}.
     *
     * @return the number of bytes
     * @throws MalformedBodyException if the body is not one whole snappy block
     * @throws BodyTooLargeException if it declares more bytes than the limit
     */
    public int decompress(byte[] body, int offset, int length) throws MalformedBodyException, BodyTooLargeException {
        int declared = declaredLength(body, offset, length);
        reserve(declared);
        try {
            int written = Snappy.uncompress(body, offset, length, buffer, 0);
            if (written != declared) {
                throw new MalformedBodyException("the snappy block holds another length than it declares");
            }
            return declared;
        } catch (IOException e) {
            throw new MalformedBodyException("the snappy block is corrupt");
        }
    }

    /** The decompressed bytes, from 0; overwritten by the next {@link #decompress}. */
    public byte[] bytes() {
        return buffer;
    }

    private int declaredLength(byte[] body, int offset, int length)
            throws MalformedBodyException, BodyTooLargeException {
        long declared = 0;
        for (int i = 0; ; i++) {
            if (i == length) {
                throw new MalformedBodyException("the body is not snappy: it ends within its preamble");
            }
            byte next = body[offset + i];
            declared |= (long) (next & 0x7f) << 7 * i;
            if (declared > 0xffff_ffffL || i == 4 && next < 0) {
                throw new MalformedBodyException("the body is not snappy: its preamble is not a length");
            }
            if (next >= 0) {
                checkLength(declared, length - i - 1);
                return (int) declared;
            }
        }
    }

    private void checkLength(long declared, int compressed) throws MalformedBodyException, BodyTooLargeException {
        if (declared > limit) {
            throw new BodyTooLargeException(
                    "the body declares " + declared + " bytes decompressed, the limit is " + limit);
        }
        if (declared > (long) compressed * DENSEST_OUTPUT / DENSEST_INPUT) {
            throw new MalformedBodyException(
                    "the body declares " + declared + " bytes, more than its " + compressed + " bytes can expand to");
        }
    }

    private void reserve(int declared) {
        boolean sparse = buffer.length > ALWAYS_KEPT && declared < buffer.length / 4;
        sparseBodies = sparse ? sparseBodies + 1 : 0;
        if (declared > buffer.length || sparseBodies == SPARSE_BODIES) {
            sparseBodies = 0;
            int ahead = declared > GROWS_AHEAD ? 0 : declared >> 1;
            buffer = new byte[Math.min(limit, declared + ahead)];
        }
    }
}
