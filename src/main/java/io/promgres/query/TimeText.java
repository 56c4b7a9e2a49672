package io.promgres.query;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and durations as Prometheus' HTTP API takes them. */
public final class TimeText {

    /** What Prometheus' clients send for a range without bounds, the minimum and maximum time of its API. */
    private static final String EARLIEST = "-292273086-05-16T16:47:06Z";

    private static final String LATEST = "292277025-08-18T07:12:54.999999999Z";
    static final long EARLIEST_MILLIS = (Long.MIN_VALUE / 1000 + 62_135_596_801L) * 1000;
    static final long LATEST_MILLIS = (Long.MAX_VALUE / 1000 - 62_135_596_801L) * 1000 + 999;

    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?");
    private static final Pattern DURATION =
            Pattern.compile("(?:(\\d+)y)?(?:(\\d+)w)?(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");
    private static final long[] UNITS = {365L * 86_400_000, 7L * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000, 1};
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE / 1_000_000);

    private TimeText() {}

    /** Milliseconds since the epoch, of a number of seconds or an RFC 3339 time; empty if it is neither. */
    public static OptionalLong time(String text) {
        if (NUMBER.matcher(text).matches()) {
            return millis(text);
        }
        if (text.equals(EARLIEST)) {
            return OptionalLong.of(EARLIEST_MILLIS);
        }
        if (text.equals(LATEST)) {
            return OptionalLong.of(LATEST_MILLIS);
        }
        try {
            return OptionalLong.of(OffsetDateTime.parse(text).toInstant().toEpochMilli());
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }

    /** Milliseconds, of a number of seconds or a text like 1h30m; empty if it is neither. */
    public static OptionalLong duration(String text) {
        if (NUMBER.matcher(text).matches()) {
            return millis(text);
        }
        Matcher parts = DURATION.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            return OptionalLong.empty();
        }
        try {
            long millis = 0;
            for (int i = 0; i < UNITS.length; i++) {
                if (parts.group(i + 1) != null) {
                    millis = Math.addExact(millis, Math.multiplyExact(Long.parseLong(parts.group(i + 1)), UNITS[i]));
                }
            }
            return OptionalLong.of(millis);
        } catch (ArithmeticException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong millis(String seconds) {
        BigDecimal millis = new BigDecimal(seconds).multiply(THOUSAND);
        if (millis.abs().compareTo(MOST) > 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(millis.setScale(0, RoundingMode.HALF_EVEN).longValue());
    }
}
