package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import io.promgres.daemon.Version;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.energy.Energy;
import io.promgres.energy.RuleFiles;
import io.promgres.energy.Rules;
import io.promgres.observe.Metrics;
import io.promgres.store.Database;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be done about schema energy. */
@Command(
        name = "energy",
        description = "Looks after the tables of schema energy.",
        subcommands = EnergyCommand.Rebuild.class)
public final class EnergyCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 2;

    @Spec
    private CommandSpec spec;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ErrorHandler.WRONG_USE;
    }

    /** Computes energy.fact_usage again. */
    @Command(
            name = "rebuild",
            description = {
                "Computes energy.fact_usage again from the stored samples of a range of time, as the rules are now.",
                "Daemons may run meanwhile. If nothing was wrong, nothing changes. What was computed of samples",
                "that are not stored any more stays."
            })
    static final class Rebuild implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Option(
                names = "--from",
                required = true,
                paramLabel = "TIME",
                converter = TimeArgument.class,
                description = "Start of the range: 2026-01-31T10:00:00Z, 2026-01-31, or seconds since 1970.")
        private Instant from;

        @Option(
                names = "--to",
                required = true,
                paramLabel = "TIME",
                converter = TimeArgument.class,
                description = "End of the range, exclusive.")
        private Instant to;

        @Option(names = "--help", usageHelp = true, description = "Shows this.")
        private boolean help;

        @Override
        public Integer call() throws Exception {
            if (!to.isAfter(from)) {
                throw new ParameterException(spec.commandLine(), "--to " + to + " is not after --from " + from);
            }
            Config config =
                    ConfigOptions.load(spec.commandLine().getParseResult()).config();
            Rules rules = RuleFiles.read(config.energy().rules());
            if (config.db().isPresent()) {
                rebuild(config.db().get(), rules);
                return 0;
            }
            try (EmbeddedPostgres server = EmbeddedPostgres.start(config.dataDir(), config.dbPort())) {
                rebuild(server.uri(), rules);
            }
            return 0;
        }

        private void rebuild(DatabaseUri uri, Rules rules) throws Exception {
            try (Metrics metrics = new Metrics(Version.current());
                    Database database = new Database(uri, CONNECTIONS, metrics.registry())) {
                Energy.rebuild(database.background(), rules, metrics, from, to);
            }
            spec.commandLine().getOut().println("Rebuilt " + from + " to " + to + ".");
        }
    }
}
