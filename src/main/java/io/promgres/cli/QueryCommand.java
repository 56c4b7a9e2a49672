package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import io.promgres.daemon.EngineSettings;
import io.promgres.daemon.Version;
import io.promgres.observe.Metrics;
import io.promgres.promql.engine.QueryResult;
import io.promgres.query.DirectQuery;
import io.promgres.query.QueryRefusedException;
import io.promgres.store.Database;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Evaluates an expression of PromQL. */
@Command(
        name = "query",
        description = "Evaluates an expression of PromQL, straight from the database: at a time, or over a range.")
public final class QueryCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 2;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "EXPRESSION", description = "In PromQL: 'sum by (job) (rate(requests_total[5m]))'.")
    private String expression;

    @Mixin
    private EvaluationTimes times;

    @Option(
            names = "--format",
            paramLabel = "table|csv|json",
            defaultValue = "table",
            description = "How the result is printed. Default: ${DEFAULT-VALUE}.")
    private QueryFormat format;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        if (times.isRange() && (times.isInstant() || !times.isWholeRange())) {
            throw new ParameterException(
                    spec.commandLine(), "a range has --start, --end and --step, all three, and no --time");
        }
        long step = times.isRange() ? times.step() : 0;
        Config config = ConfigOptions.load(spec.commandLine().getParseResult()).config();
        return ConfiguredDatabase.useExisting(config, database -> run(config, database, step));
    }

    private int run(Config config, DatabaseUri uri, long step) throws SQLException, IOException, QueryRefusedException {
        try (Metrics metrics = new Metrics(Version.current());
                Database database = new Database(uri, CONNECTIONS, metrics.registry())) {
            DirectQuery queries = new DirectQuery(
                    database.background(),
                    database::discard,
                    config.remoteRead().maxSeries(),
                    EngineSettings.of(config.promql()));
            long at = times.instant();
            QueryResult result = times.isRange()
                    ? queries.range(expression, times.start(), times.end(), step)
                    : queries.instant(expression, at);
            print(result, at);
        }
        return 0;
    }

    private void print(QueryResult result, long at) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        format.print(result, at, out);
        out.flush();
        result.warnings().forEach(spec.commandLine().getErr()::println);
        result.infos().forEach(spec.commandLine().getErr()::println);
    }
}
