package io.promgres.promql.data;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers and strings as Prometheus writes them, which is as Go's strconv and fmt do. */
public final class GoText {

    private GoText() {}

    /** The verb %g: the shortest digits that give the number again, with an exponent below 1e-4 and from 1e6 upwards. */
    public static String number(double value) {
        return number(value, 6);
    }

    /** As {@link #number(double)}, with another decimal exponent from which the number is written with one. */
    public static String number(double value, int exponentFrom) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        BigDecimal decimal = shortest(value);
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < exponentFrom) {
            return decimal.toPlainString();
        }
        String digits = decimal.unscaledValue().abs().toString();
        return (value < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    /** The shortest digits without an exponent, as label values have them. */
    public static String plain(double value) {
        return Double.isNaN(value) || Double.isInfinite(value) || value == 0
                ? number(value)
                : shortest(value).toPlainString();
    }

    private static BigDecimal shortest(double value) {
        BigDecimal decimal = new BigDecimal(Double.toString(value));
        for (int precision = 1; precision < decimal.precision(); precision++) {
            BigDecimal shorter = new BigDecimal(value).round(new MathContext(precision));
            if (shorter.doubleValue() == value) {
                decimal = shorter;
                break;
            }
        }
        return decimal.stripTrailingZeros();
    }

    /** A label's name, quoted where it is not of letters, digits and underscores. */
    public static String labelName(String name) {
        return isLegacyName(name) ? name : quote(name);
    }

    /** Whether a label's name needs no quotes. */
    public static boolean isLegacyName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
            if (!letter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** Whether a text may be the name of a label: not empty, and UTF-8, so without lone surrogates. */
    public static boolean isName(String text) {
        return !text.isEmpty() && text.codePoints().noneMatch(c -> c >= 0xd800 && c < 0xe000);
    }

    /** In double quotes, with the escapes of Go. */
    public static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case 7 -> quoted.append("\\a");
                case '\b' -> quoted.append("\\b");
                case '\f' -> quoted.append("\\f");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case 11 -> quoted.append("\\v");
                default -> {
                    if (c >= 0xdc00 && c < 0xdd00) {
                        quoted.append(String.format("\\x%02x", c & 0xff));
                    } else if (c < 0x20 || c == 0x7f) {
                        quoted.append(String.format("\\x%02x", c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
