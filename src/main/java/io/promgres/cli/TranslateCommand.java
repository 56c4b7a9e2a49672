package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.daemon.EngineSettings;
import io.promgres.promql.engine.EngineOptions;
import io.promgres.promql.sql.NotInSqlException;
import io.promgres.promql.sql.SqlGrid;
import io.promgres.promql.sql.SqlTranslation;
import io.promgres.promql.syntax.ParseException;
import io.promgres.promql.syntax.Parser;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private EvaluationTimes times;

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
        boolean range = times.isRange();
        if (range && !times.isWholeRange() || (range ? 1 : 0) + (times.isInstant() ? 1 : 0) + (grafana ? 1 : 0) > 1) {
            throw new ParameterException(
                    spec.commandLine(), "either --time, or --start, --end and --step, all three, or --grafana");
        }
        if (grafana) {
            return SqlGrid.GRAFANA;
        }
        if (!range) {
            return SqlGrid.at(times.instant());
        }
        long step = times.step();
        if (step <= 0) {
            throw times.noDuration();
        }
        return SqlGrid.range(times.start(), times.end(), step);
    }
}
