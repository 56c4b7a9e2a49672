package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.config.ConfigException;
import io.promgres.config.DatabaseUri;
import io.promgres.daemon.Version;
import io.promgres.energy.Energy;
import io.promgres.energy.RuleFiles;
import io.promgres.energy.Rules;
import io.promgres.observe.Metrics;
import io.promgres.store.Database;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
                "Computes energy.fact_usage again from the stored samples of a range of time, by the rules in force.",
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

        @Option(
                names = "--rules-of-config",
                description = {
                    "Puts the rules of the configuration in force, for the running daemons' samples too. Without it, the",
                    "rules are those of the daemon that started last, which are in the database."
                })
        private boolean rulesOfConfig;

        @Option(names = "--help", usageHelp = true, description = "Shows this.")
        private boolean help;

        @Override
        public Integer call() throws Exception {
            if (!to.isAfter(from)) {
                throw new ParameterException(spec.commandLine(), "--to " + to + " is not after --from " + from);
            }
            Config config =
                    ConfigOptions.load(spec.commandLine().getParseResult()).config();
            return ConfiguredDatabase.useExisting(config, database -> rebuild(database, config));
        }

        private int rebuild(DatabaseUri uri, Config config) throws Exception {
            try (Metrics metrics = new Metrics(Version.current());
                    Database database = new Database(uri, CONNECTIONS, metrics.registry())) {
                List<String> rules =
                        Energy.rebuild(database.background(), configured(database, config), metrics, from, to);
                spec.commandLine()
                        .getOut()
                        .println("Rebuilt " + from + " to " + to + " by the rules " + String.join(", ", rules) + ".");
            }
            return 0;
        }

        private Optional<Rules> configured(Database database, Config config) throws SQLException {
            Rules rules = RuleFiles.read(config.energy().rules());
            if (rulesOfConfig) {
                return Optional.of(rules);
            }
            if (!config.energy().rules().isEmpty() && Energy.differFromInForce(database.background(), rules)) {
                throw new ConfigException(
                        "the rules of the configuration are not those in force in the database, which the"
                                + " daemon that started last has put there: --rules-of-config puts those of the configuration in force");
            }
            return Optional.empty();
        }
    }
}
