package io.promgres.config;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoding as libpq reads it: of UTF-8 bytes, and a plus sign is a plus sign. */
final class PercentEncoding {

    private static final String UNRESERVED = "-._~";

    private PercentEncoding() {}

    static String encode(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b > 0 && (isAsciiLetterOrDigit(b) || UNRESERVED.indexOf(b) >= 0);
            out.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b));
        }
        return out.toString();
    }

    /**
     * @param what names the text in the message; the text itself is not shown, for it may be a password
     * @throws IllegalArgumentException a percent sign is not followed by two hexadecimal digits, or stands for zero
     */
    static String decode(String text, String what) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%') {
                out.write(hexByte(bytes, i + 1, what));
                i += 2;
            } else {
                out.write(bytes[i]);
            }
        }
        return utf8(out.toByteArray(), what);
    }

    private static int hexByte(byte[] bytes, int at, String what) {
        int value =
                at + 1 < bytes.length ? Character.digit(bytes[at], 16) * 16 + Character.digit(bytes[at + 1], 16) : -1;
        boolean digits =
                at + 1 < bytes.length && Character.digit(bytes[at], 16) >= 0 && Character.digit(bytes[at + 1], 16) >= 0;
        if (!digits || value == 0) {
            throw new IllegalArgumentException("the " + what
                    + " has a percent sign that two hexadecimal digits other than 00 do not follow; write %25 for %");
        }
        return value;
    }

    private static String utf8(byte[] bytes, String what) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the " + what + " is not UTF-8 once its percent signs are decoded");
        }
    }

    private static boolean isAsciiLetterOrDigit(byte b) {
        return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9';
    }
}
