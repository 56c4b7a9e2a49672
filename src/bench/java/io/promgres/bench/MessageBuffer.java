package io.promgres.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A protobuf message in the making: an array of bytes that grows. Not thread-safe. */
final class MessageBuffer {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = new byte[1 << 12];
    private int size;

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    MessageBuffer tag(int tag) {
        return varint(tag);
    }

    MessageBuffer varint(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    MessageBuffer fixed64(long value) {
        reserve(8);
        LONG.set(bytes, size, value);
        size += 8;
        return this;
    }

    /** A length and the text in UTF-8. */
    MessageBuffer text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        varint(utf8.length);
        return append(utf8, utf8.length);
    }

    /** A length and what another buffer holds. */
    MessageBuffer message(MessageBuffer other) {
        varint(other.size);
        return append(other.bytes, other.size);
    }

    /** What another buffer holds. */
    MessageBuffer raw(MessageBuffer other) {
        return append(other.bytes, other.size);
    }

    private MessageBuffer append(byte[] from, int length) {
        reserve(length);
        System.arraycopy(from, 0, bytes, size, length);
        size += length;
        return this;
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }
}
