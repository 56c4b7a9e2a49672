package io.promgres.promql.syntax;

import io.promgres.promql.data.GoText;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers, durations and strings as a query has them. */
public final class Literals {

    private static final Pattern DURATION =
            Pattern.compile("(?:(\\d+)y)?(?:(\\d+)w)?(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");
    private static final long[] UNITS = {31_536_000_000L, 604_800_000L, 86_400_000L, 3_600_000L, 60_000L, 1000L, 1L};
    private static final String[] NAMES = {"y", "w", "d", "h", "m", "s", "ms"};
    private static final long LONGEST_MILLIS = Long.MAX_VALUE / 1_000_000;

    private Literals() {}

    /**
     * A duration such as 1h30m, in milliseconds.
     *
     * @throws IllegalArgumentException with Prometheus' words, if it is none or too long
     */
    public static long duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            throw new IllegalArgumentException(
                    text.isEmpty() ? "empty duration string" : "not a valid duration string: " + GoText.quote(text));
        }
        if (text.equals("0")) {
            return 0;
        }
        double millis = 0;
        for (int i = 0; i < UNITS.length; i++) {
            if (matcher.group(i + 1) != null) {
                millis += Double.parseDouble(matcher.group(i + 1)) * UNITS[i];
            }
        }
        if (millis > LONGEST_MILLIS) {
            throw new IllegalArgumentException("duration out of range");
        }
        return (long) millis;
    }

    /** A duration as a query has it: the largest units first; years, weeks and days only where nothing is left. */
    public static String duration(long millis) {
        if (millis == 0) {
            return "0s";
        }
        StringBuilder text = new StringBuilder();
        long rest = millis;
        for (int i = 0; i < UNITS.length; i++) {
            boolean exactOnly = i < 3;
            if (rest >= UNITS[i] && !(exactOnly && rest % UNITS[i] != 0)) {
                text.append(rest / UNITS[i]).append(NAMES[i]);
                rest %= UNITS[i];
            }
        }
        return text.toString();
    }

    /** @throws NumberFormatException if it is none */
    static double number(String text) {
        String plain = text.replace("_", "").toLowerCase(Locale.ROOT);
        if (plain.equals("inf")) {
            return Double.POSITIVE_INFINITY;
        }
        if (plain.equals("nan")) {
            return Double.NaN;
        }
        if (plain.startsWith("0x")) {
            return new BigInteger(plain.substring(2), 16).doubleValue();
        }
        if (plain.length() > 1 && plain.startsWith("0") && plain.chars().allMatch(c -> c >= '0' && c <= '7')) {
            return Long.parseLong(plain, 8);
        }
        return Double.parseDouble(plain);
    }

    /**
     * The text of a literal in quotes.
     *
     * @throws IllegalArgumentException that says what is wrong with an escape
     */
    static String unquote(String literal) {
        String body = literal.substring(1, literal.length() - 1);
        if (literal.charAt(0) == '`' || body.indexOf('\\') < 0) {
            return body;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int i = 0;
        while (i < body.length()) {
            int c = body.codePointAt(i);
            if (c != '\\') {
                bytes.writeBytes(new String(Character.toChars(c)).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(c);
            } else {
                i = escape(body, i + 1, literal.charAt(0), bytes);
            }
        }
        return decode(bytes.toByteArray());
    }

    /** UTF-8; a byte that is none becomes a lone surrogate, U+DC00 and the byte, which no name may have. */
    private static String decode(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < bytes.length) {
            int length = 1;
            String character = null;
            while (length <= 4 && at + length <= bytes.length && character == null) {
                character = character(ByteBuffer.wrap(bytes, at, length));
                length += character == null ? 1 : 0;
            }
            text.append(character == null ? String.valueOf((char) (0xdc00 | bytes[at] & 0xff)) : character);
            at += character == null ? 1 : length;
        }
        return text.toString();
    }

    private static String character(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static int escape(String body, int at, char quote, ByteArrayOutputStream bytes) {
        char c = body.charAt(at);
        int simple = "abfnrtv\\".indexOf(c);
        if (simple >= 0) {
            bytes.write("\u0007\b\f\n\r\t\u000b\\".charAt(simple));
            return at + 1;
        }
        if (c == quote) {
            bytes.write(c);
            return at + 1;
        }
        int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : c >= '0' && c <= '7' ? 3 : 0;
        if (digits == 0) {
            throw new IllegalArgumentException("unknown escape sequence " + named(body.codePointAt(at)));
        }
        int from = digits == 3 ? at : at + 1;
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            int character = i < body.length() ? body.codePointAt(i) : quote;
            int digit = character < 128 ? Character.digit(character, digits == 3 ? 8 : 16) : -1;
            if (digit < 0) {
                throw new IllegalArgumentException("illegal character " + named(character) + " in escape sequence");
            }
            value = value * (digits == 3 ? 8 : 16) + digit;
        }
        if (digits <= 3) {
            if (value > 255) {
                throw new IllegalArgumentException("escape sequence is an invalid Unicode code point");
            }
            bytes.write(value);
        } else if (value < 0 || value > Character.MAX_CODE_POINT || value >= 0xd800 && value < 0xe000) {
            throw new IllegalArgumentException("escape sequence is an invalid Unicode code point");
        } else {
            bytes.writeBytes(new String(Character.toChars(value)).getBytes(StandardCharsets.UTF_8));
        }
        return from + digits;
    }

    /** As in U+0061 'a'. */
    private static String named(int character) {
        return String.format("U+%04X '%s'", character, Character.toString(character));
    }
}
