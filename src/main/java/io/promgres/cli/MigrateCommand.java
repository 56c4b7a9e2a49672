package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import io.promgres.schema.Migrations;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings the schema up to date without running the daemon. */
@Command(
        name = "migrate",
        description = "Shows the changes to the schema of the database and makes them; a second run changes nothing.")
public final class MigrateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--dry-run", description = "Only shows it.")
    private boolean dryRun;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        Config config = ConfigOptions.load(spec.commandLine().getParseResult()).config();
        // What only looks makes no database.
        return dryRun
                ? ConfiguredDatabase.useExisting(config, this::migrate)
                : ConfiguredDatabase.use(config, this::migrate);
    }

    private int migrate(DatabaseUri database) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Migrations migrations = new Migrations(database);
        migrations.check(true);
        List<String> pending = migrations.pending();
        out.println(pending.isEmpty() ? "The schema of " + database + " is up to date." : "To do on " + database + ":");
        pending.forEach(step -> out.println("  " + step));
        out.flush();
        if (!dryRun) {
            // Also where nothing is pending: roles that were made meanwhile get their rights.
            migrations.migrate();
            out.println("Done.");
        }
        return 0;
    }
}
