package io.promgres.remoteread;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The escapes in a string of PromQL, which are those of Go. */
final class Escape {

    private static final String LETTERS = "abfnrtv\\'\"";
    private static final String MEANINGS = "\u0007\b\f\n\r\t\u000b\\'\"";

    private Escape() {}

    /**
     * Reads what follows a backslash. Bytes ({@code \xe2\x82\xac}) have to be UTF-8 together.
     *
     * @param at the character after the backslash
     * @param value gets what it stands for
     * @return the character after it, or -1 if there is no such escape
     */
    static int read(String text, int at, StringBuilder value) {
        if (at == text.length()) {
            return -1;
        }
        char kind = text.charAt(at);
        int known = LETTERS.indexOf(kind);
        if (known >= 0) {
            value.append(MEANINGS.charAt(known));
            return at + 1;
        }
        return switch (kind) {
            case 'u' -> codePoint(text, at + 1, 4, value);
            case 'U' -> codePoint(text, at + 1, 8, value);
            default -> bytes(text, at - 1, value);
        };
    }

    private static int codePoint(String text, int at, int digits, StringBuilder value) {
        int code = number(text, at, digits, 16);
        boolean surrogate = code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
        if (code < 0 || surrogate || !Character.isValidCodePoint(code)) {
            return -1;
        }
        value.appendCodePoint(code);
        return at + digits;
    }

    /** All the bytes that stand here one after the other, from the first backslash on. */
    private static int bytes(String text, int from, StringBuilder value) {
        byte[] bytes = new byte[text.length()];
        int count = 0;
        int at = from;
        for (int next = byteAt(text, at); next >= 0; next = byteAt(text, at)) {
            bytes[count++] = (byte) next;
            at += 4;
        }
        byte[] all = Arrays.copyOf(bytes, count);
        String decoded = new String(all, StandardCharsets.UTF_8);
        if (count == 0 || !Arrays.equals(decoded.getBytes(StandardCharsets.UTF_8), all)) {
            return -1;
        }
        value.append(decoded);
        return at;
    }

    /** Of {@code \x41} or {@code \101}, four characters each. */
    private static int byteAt(String text, int at) {
        if (at + 1 >= text.length() || text.charAt(at) != '\\') {
            return -1;
        }
        int value = text.charAt(at + 1) == 'x' ? number(text, at + 2, 2, 16) : number(text, at + 1, 3, 8);
        return value > 0xff ? -1 : value;
    }

    private static int number(String text, int at, int digits, int radix) {
        if (at + digits > text.length()) {
            return -1;
        }
        long number = 0;
        for (int i = at; i < at + digits; i++) {
            int digit = Character.digit(text.charAt(i), radix);
            if (digit < 0) {
                return -1;
            }
            number = number * radix + digit;
        }
        return number > Integer.MAX_VALUE ? -1 : (int) number;
    }
}
