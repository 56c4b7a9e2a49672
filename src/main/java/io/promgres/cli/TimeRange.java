package io.promgres.cli;

import java.time.Instant;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options --start and --end of a command. */
final class TimeRange {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--start",
            required = true,
            paramLabel = "TIME",
            converter = TimeArgument.class,
            description = "From when on: 2026-01-31T10:00:00Z, 2026-01-31, or seconds since 1970.")
    private Instant start;

    @Option(
            names = "--end",
            required = true,
            paramLabel = "TIME",
            converter = TimeArgument.class,
            description = "Until when, exclusive.")
    private Instant end;

    /** @throws ParameterException if the end is not after the start */
    void check() {
        if (!end.isAfter(start)) {
            throw new ParameterException(command.commandLine(), "--end " + end + " is not after --start " + start);
        }
    }

    /** Inclusive. */
    Instant start() {
        return start;
    }

    /** Exclusive. */
    Instant end() {
        return end;
    }
}
