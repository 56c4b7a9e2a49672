package io.promgres.promql;

import java.util.regex.Pattern;

/** Names, strings and durations as PromQL writes them. */
final class Text {

    private static final Pattern LABEL = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern METRIC = Pattern.compile("[A-Za-z_:][A-Za-z0-9_:]*");
    private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
    private static final long[] MILLIS = {365L * 86_400_000, 7L * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000, 1};
    private static final int EXACT_ONLY = 3;

    private Text() {}

    static boolean isMetric(String name) {
        return METRIC.matcher(name).matches();
    }

    static String labelName(String name) {
        return LABEL.matcher(name).matches() ? name : quote(name);
    }

    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                default -> {
                    if (c < ' ') {
                        quoted.append(String.format("\\x%02x", c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }

    /** Such as 1h30m; years, weeks and days only where they are all of it. */
    static String duration(long millis) {
        if (millis == 0) {
            return "0s";
        }
        StringBuilder text = new StringBuilder(millis < 0 ? "-" : "");
        long rest = Math.abs(millis);
        for (int i = 0; i < UNITS.length; i++) {
            if (i < EXACT_ONLY - 1 && rest % MILLIS[i] != 0) {
                continue;
            }
            if (rest >= MILLIS[i]) {
                text.append(rest / MILLIS[i]).append(UNITS[i]);
                rest %= MILLIS[i];
            }
        }
        return text.toString();
    }

    /** Milliseconds; -1 if the text is no duration. */
    static long parseDuration(String text) {
        long millis = 0;
        int at = 0;
        int unit = 0;
        while (at < text.length()) {
            int from = at;
            while (at < text.length() && Character.isDigit(text.charAt(at))) {
                at++;
            }
            if (at == from || at - from > 15) {
                return -1;
            }
            long number = Long.parseLong(text.substring(from, at));
            int found = unitAt(text, at);
            if (found < unit) {
                return -1;
            }
            at += UNITS[found].length();
            unit = found + 1;
            millis += number * MILLIS[found];
        }
        return millis;
    }

    private static int unitAt(String text, int at) {
        if (text.startsWith("ms", at)) {
            return UNITS.length - 1;
        }
        for (int i = 0; i < UNITS.length - 1; i++) {
            if (text.startsWith(UNITS[i], at)) {
                return i;
            }
        }
        return -1;
    }
}
