package io.promgres.perftest;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which of the rows in order are answered.
 *
 * @param offset how many are left out before
 * @param limit how many there are at most
 */
record Page(long offset, long limit) {

    private static final Pattern RANGE = Pattern.compile("(?:items=)?(\\d{1,18})-(\\d{1,18})?");

    /**
     * @param range the header Range, as older clients send it: first and last row, counted from 0; used where the
     *     parameters limit and offset are absent
     * @throws ApiException a parameter is not a number
     */
    static Page of(Parameters parameters, String range) throws ApiException {
        Optional<String> limit = parameters.first("limit");
        Optional<String> offset = parameters.first("offset");
        Matcher header = RANGE.matcher(range);
        if (limit.isEmpty() && offset.isEmpty() && header.matches()) {
            long first = Long.parseLong(header.group(1));
            long last = header.group(2) == null ? Long.MAX_VALUE - 1 : Long.parseLong(header.group(2));
            return new Page(first, Math.max(0, last - first + 1));
        }
        return new Page(number("offset", offset, 0), number("limit", limit, Long.MAX_VALUE));
    }

    private static long number(String name, Optional<String> text, long without) throws ApiException {
        if (text.isEmpty()) {
            return without;
        }
        if (!text.get().matches("\\d{1,18}")) {
            throw ApiException.unreadable(name, "\"" + text.get() + "\" is not a number of rows");
        }
        return Long.parseLong(text.get());
    }

    /** How many rows of so many are answered. */
    long of(long total) {
        return Math.max(0, Math.min(limit, total - offset));
    }
}
