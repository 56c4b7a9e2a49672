package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.daemon.EngineSettings;
import io.promgres.promql.engine.EngineOptions;
import io.promgres.promql.sql.NotInSqlException;
import io.promgres.promql.sql.SqlGrid;
import io.promgres.promql.sql.SqlTranslation;
import io.promgres.promql.syntax.ParseException;
import io.promgres.promql.syntax.Parser;
import io.promgres.query.TimeText;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says an expression of PromQL in SQL. Needs no database. */
@Command(
        name = "translate",
        description = "Says an expression of PromQL in SQL: at a time, over a range, or in a panel of Grafana.")
public final class TranslateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "EXPRESSION", description = "In PromQL: 'sum by (job) (rate(requests_total[5m]))'.")
    private String expression;

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

    @Option(names = "--grafana", description = "With the macros of Grafana for the times of a panel.")
    private boolean grafana;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        SqlGrid grid = grid();
        Config config = ConfigOptions.load(spec.commandLine().getParseResult()).config();
        EngineOptions options = EngineSettings.of(config.promql());
        PrintWriter out = spec.commandLine().getOut();
        try {
            out.println(SqlTranslation.of(
                    expression, Parser.parse(expression, options.parser()), grid, options.lookback()));
            out.flush();
            return 0;
        } catch (ParseException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 2;
        } catch (NotInSqlException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private SqlGrid grid() {
        boolean range = start.isPresent() && end.isPresent() && step.isPresent();
        boolean none = start.isEmpty() && end.isEmpty() && step.isEmpty();
        if (!range && !none || (range ? 1 : 0) + (time.isPresent() ? 1 : 0) + (grafana ? 1 : 0) > 1) {
            throw wrong("either --time, or --start, --end and --step, all three, or --grafana");
        }
        if (grafana) {
            return SqlGrid.GRAFANA;
        }
        if (none) {
            return SqlGrid.at(time.orElseGet(Instant::now).toEpochMilli());
        }
        long millis = TimeText.duration(step.get()).orElse(0);
        if (millis <= 0) {
            throw wrong("--step '" + step.get() + "' is no duration: write 15s, 1m or seconds (15)");
        }
        return SqlGrid.range(start.get().toEpochMilli(), end.get().toEpochMilli(), millis);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
