package io.promgres.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time as Prometheus' API takes it, RFC 3339 or seconds since the epoch, or a date, which begins at midnight UTC. */
final class TimeArgument implements ITypeConverter<Instant> {

    private static final BigDecimal MOST_SECONDS = BigDecimal.valueOf(253_402_300_799L);

    @Override
    public Instant convert(String text) {
        try {
            if (text.matches("-?[0-9]{1,12}(\\.[0-9]*)?")) {
                return ofSeconds(new BigDecimal(text));
            }
            return text.length() == "2026-01-31".length()
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new TypeConversionException("'" + text
                    + "' is no time: write 2026-01-31T10:00:00Z, 2026-01-31 or seconds since 1970 (1769853600)");
        }
    }

    private static Instant ofSeconds(BigDecimal seconds) {
        if (seconds.abs().compareTo(MOST_SECONDS) > 0) {
            throw new DateTimeException("out of range");
        }
        return Instant.ofEpochMilli(
                seconds.movePointRight(3).setScale(0, RoundingMode.FLOOR).longValueExact());
    }
}
