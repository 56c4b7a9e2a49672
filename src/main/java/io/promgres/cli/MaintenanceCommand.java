package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import io.promgres.daemon.Version;
import io.promgres.maintenance.Maintenance;
import io.promgres.observe.Metrics;
import io.promgres.store.Database;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Packs and expires once, for those who run it from cron. */
@Command(
        name = "maintenance",
        description = "Packs closed blocks and deletes expired ones, once. A daemon that runs does it by itself.")
public final class MaintenanceCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 4;

    @Spec
    private CommandSpec spec;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        Config config = ConfigOptions.load(spec.commandLine().getParseResult()).config();
        return ConfiguredDatabase.useExisting(config, database -> run(config, database));
    }

    private int run(Config config, DatabaseUri uri) throws SQLException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (Metrics metrics = new Metrics(Version.current());
                Database database = new Database(uri, CONNECTIONS, metrics.registry());
                Maintenance maintenance =
                        Maintenance.of(database.background(), config.storage(), metrics, unit -> {})) {
            if (!maintenance.runOnce()) {
                spec.commandLine().getErr().println("promgres: a daemon on " + uri + " does the maintenance already");
                return ErrorHandler.FAILED;
            }
            out.println("Done.");
            return 0;
        }
    }
}
