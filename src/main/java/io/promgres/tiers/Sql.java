package io.promgres.tiers;

import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Constants in the text of SQL: COPY takes no parameters. */
final class Sql {

    private static final long EARLIEST = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
    private static final long LATEST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    private Sql() {}

    /** @param millis since the epoch; what is out of the years 1 to 9999, of which nothing is stored, is brought into them */
    static String time(long millis) {
        return "timestamptz '" + timeText(millis) + "'";
    }

    /** As {@link #time}, for a parameter of the type text. */
    static String timeText(long millis) {
        return Instant.ofEpochMilli(Math.max(EARLIEST, Math.min(LATEST, millis)))
                .toString();
    }

    static String array(LongStream numbers, String type) {
        return numbers.mapToObj(Long::toString).collect(Collectors.joining(",", "'{", "}'::" + type + "[]"));
    }
}
