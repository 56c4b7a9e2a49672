package io.promgres.query;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes JSON as Prometheus does: numbers of samples as strings, times as seconds. Not thread-safe. */
public final class Json {

    private static final int BUFFER = 1 << 16;
    private static final int LONGEST_NUMBER = 400;
    private static final int SECOND = 1000;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];
    private int size;
    private boolean separate;

    public Json(OutputStream out) {
        this.out = out;
    }

    public Json beginObject() throws IOException {
        return open('{');
    }

    public Json endObject() throws IOException {
        return close('}');
    }

    public Json beginArray() throws IOException {
        return open('[');
    }

    public Json endArray() throws IOException {
        return close(']');
    }

    /** The name of the member that comes next. */
    public Json name(String name) throws IOException {
        string(name);
        put(':');
        separate = false;
        return this;
    }

    public Json string(String text) throws IOException {
        element();
        put('"');
        ascii(JsonStringEncoder.getInstance().quoteAsUTF8(text));
        put('"');
        return this;
    }

    public Json number(long number) throws IOException {
        return raw(Long.toString(number));
    }

    public Json bool(boolean value) throws IOException {
        return raw(value ? "true" : "false");
    }

    /** A number that is no sample's value, such as a duration in seconds. */
    public Json plain(double number) throws IOException {
        return raw(GoNumber.json(number));
    }

    /** JSON that is complete. */
    public Json raw(String text) throws IOException {
        element();
        ascii(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** The value of a sample: a number in quotes. */
    public Json value(double value) throws IOException {
        element();
        room(LONGEST_NUMBER);
        buffer[size++] = '"';
        long whole = (long) value;
        if (whole == value
                && whole > -SECOND * 1_000_000L
                && whole < SECOND * 1_000_000L
                && (whole != 0 || 1 / value > 0)) {
            digits(whole);
        } else {
            ascii(GoNumber.json(value).getBytes(StandardCharsets.US_ASCII));
        }
        put('"');
        return this;
    }

    /** @param millis since the epoch */
    public Json time(long millis) throws IOException {
        element();
        room(LONGEST_NUMBER);
        if (millis < 0) {
            buffer[size++] = '-';
        }
        long magnitude = Math.abs(millis);
        digits(magnitude / SECOND);
        int fraction = (int) (magnitude % SECOND);
        if (fraction != 0) {
            buffer[size++] = '.';
            buffer[size++] = (byte) ('0' + fraction / 100);
            buffer[size++] = (byte) ('0' + fraction / 10 % 10);
            buffer[size++] = (byte) ('0' + fraction % 10);
        }
        return this;
    }

    private void digits(long number) throws IOException {
        if (number < 0) {
            buffer[size++] = '-';
        }
        long rest = Math.abs(number);
        int length = 1;
        for (long n = rest; n >= 10; n /= 10) {
            length++;
        }
        for (int at = size + length - 1; at >= size; at--) {
            buffer[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += length;
    }

    private Json open(char bracket) throws IOException {
        element();
        put(bracket);
        separate = false;
        return this;
    }

    private Json close(char bracket) throws IOException {
        put(bracket);
        separate = true;
        return this;
    }

    private void element() throws IOException {
        if (separate) {
            put(',');
        }
        separate = true;
    }

    private void put(char c) throws IOException {
        room(1);
        buffer[size++] = (byte) c;
    }

    private void ascii(byte[] bytes) throws IOException {
        if (bytes.length > BUFFER - LONGEST_NUMBER) {
            flush();
            out.write(bytes);
            return;
        }
        room(bytes.length);
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
    }

    private void room(int bytes) throws IOException {
        if (size + bytes > BUFFER) {
            flush();
        }
    }

    /** Hands over what is in the buffer. */
    public void flush() throws IOException {
        out.write(buffer, 0, size);
        size = 0;
    }
}
