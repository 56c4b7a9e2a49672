package io.promgres.cli;

import io.promgres.query.TimeText;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say at which times an expression is evaluated: --time, or --start, --end and --step. */
final class EvaluationTimes {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--time",
            paramLabel = "TIME",
            converter = TimeArgument.class,
            description = "When: 2026-01-31T10:00:00Z, 2026-01-31, or seconds since 1970. Default: now.")
    private Optional<Instant> time;

    @Option(
            names = "--start",
            paramLabel = "TIME",
            converter = TimeArgument.class,
            description = "The first time of a range, with --end and --step.")
    private Optional<Instant> start;

    @Option(
            names = "--end",
            paramLabel = "TIME",
            converter = TimeArgument.class,
            description = "The last time of a range, inclusive.")
    private Optional<Instant> end;

    @Option(names = "--step", paramLabel = "DURATION", description = "From one time of a range to the next: 15s, 1m.")
    private Optional<String> step;

    /** Whether a time is given that is none of a range. */
    boolean isInstant() {
        return time.isPresent();
    }

    /** Whether anything of a range is given. */
    boolean isRange() {
        return start.isPresent() || end.isPresent() || step.isPresent();
    }

    /** Whether all of a range is given. */
    boolean isWholeRange() {
        return start.isPresent() && end.isPresent() && step.isPresent();
    }

    /** The time that is given, else now; milliseconds since the epoch. */
    long instant() {
        return time.orElseGet(Instant::now).toEpochMilli();
    }

    /** Of a whole range; milliseconds since the epoch. */
    long start() {
        return start.get().toEpochMilli();
    }

    /** Of a whole range; milliseconds since the epoch. */
    long end() {
        return end.get().toEpochMilli();
    }

    /**
     * Of a whole range; milliseconds.
     *
     * @throws ParameterException if it is no duration
     */
    long step() {
        return TimeText.duration(step.get()).orElseThrow(this::noDuration);
    }

    /** The step is no duration. */
    ParameterException noDuration() {
        return new ParameterException(
                command.commandLine(), "--step '" + step.get() + "' is no duration: write 15s, 1m or seconds (15)");
    }
}
