package io.promgres.config;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the text of a value as the type of its record component: {@code int} a count, {@code long} a size in bytes
 * ({@code 32MiB}), {@link Duration} ({@code 500ms}, {@code 10m}), {@code boolean}, {@link Path}, a list of them,
 * {@link HostPort}, {@link TablePrefixes}, {@link LogFormat}, {@link LogLevel}, {@link NameList}, {@link PromqlFeatures}, {@link RollupList}, {@link DatabaseList}, {@code String} the name of a
 * label or header, and {@link DatabaseUri}; a path, a log level and a database may be optional.
 *
 * <p>Every method throws IllegalArgumentException with a reason that can follow {@code file:line: key:}.
 */
public final class Values {

    private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?)([A-Za-z]*)");

    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40);

    private static final Map<String, Long> MILLISECONDS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private Values() {}

    static Object parse(Class<?> type, String text) {
        if (type == int.class) {
            return parseCount(text);
        }
        if (type == long.class) {
            return parseSize(text);
        }
        if (type == boolean.class) {
            return parseBoolean(text);
        }
        if (type == Duration.class) {
            return parseDuration(text);
        }
        if (type == Path.class) {
            return parsePath(text);
        }
        if (type == List.class) {
            return Stream.of(text.split(",", -1))
                    .map(String::strip)
                    .map(Values::parsePath)
                    .toList();
        }
        if (type == LogFormat.class) {
            return parseLogFormat(text);
        }
        if (type == HostPort.class) {
            return HostPort.parse(text);
        }
        if (type == TablePrefixes.class) {
            return TablePrefixes.parse(text);
        }
        if (type == NameList.class) {
            return NameList.parse(text);
        }
        if (type == PromqlFeatures.class) {
            return PromqlFeatures.parse(text);
        }
        if (type == RollupList.class) {
            return RollupList.parse(text);
        }
        if (type == DatabaseList.class) {
            return DatabaseList.parse(text);
        }
        if (type == String.class) {
            return parseWord(text);
        }
        if (type == LogLevel.class) {
            return LogLevel.parse(text);
        }
        if (type == DatabaseUri.class) {
            return DatabaseUri.parse(text);
        }
        throw new IllegalStateException("a key of " + type + " cannot be read");
    }

    private static int parseCount(String text) {
        if (!text.matches("-?[0-9]{1,9}")) {
            throw new IllegalArgumentException("\"" + text + "\" is not a whole number");
        }
        return Integer.parseInt(text);
    }

    /** The name of a label or a header: neither of them needs more. */
    private static String parseWord(String text) {
        if (!text.matches("[A-Za-z0-9_-]{1,200}")) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a name: write 1 to 200 letters, digits, _ and -");
        }
        return text;
    }

    private static boolean parseBoolean(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("\"" + text + "\" is neither true nor false");
        }
        return text.equals("true");
    }

    private static LogFormat parseLogFormat(String text) {
        return Stream.of(LogFormat.values())
                .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"" + text + "\" is neither text nor json"));
    }

    /** A number of bytes: {@code 1048576}, {@code 1024KiB}, {@code 1.5GiB}. */
    static long parseSize(String text) {
        return parseQuantity(text, BYTES, "a size: write a number and B, KiB, MiB, GiB or TiB, such as 32MiB");
    }

    /** A duration: {@code 500ms}, {@code 1.5h}; {@code 0} needs no unit. */
    public static Duration parseDuration(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        return Duration.ofMillis(
                parseQuantity(text, MILLISECONDS, "a duration: write a number and ms, s, m, h or d, such as 10m"));
    }

    private static long parseQuantity(String text, Map<String, Long> units, String expected) {
        Matcher matcher = QUANTITY.matcher(text);
        Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("\"" + text + "\" is not " + expected);
        }
        try {
            return new BigDecimal(matcher.group(1))
                    .multiply(BigDecimal.valueOf(unit))
                    .longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("\"" + text + "\" is out of range, or finer than the smallest unit");
        }
    }

    private static Path parsePath(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the path is empty");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("\"" + text + "\" is not a path: " + e.getReason());
        }
    }
}
