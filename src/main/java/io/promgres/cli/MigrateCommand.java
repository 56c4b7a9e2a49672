package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import io.promgres.schema.Cluster;
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

    /** What a database can be distributed by. */
    enum ClusterKind {
        citus
    }

    @Spec
    private CommandSpec spec;

    @Option(names = "--dry-run", description = "Only shows it.")
    private boolean dryRun;

    @Option(
            names = "--cluster",
            paramLabel = "KIND",
            description = "Distributes an empty database over the workers of its coordinator. The one kind is citus.")
    private ClusterKind cluster;

    @Option(
            names = "--cluster-shards",
            paramLabel = "NUMBER",
            defaultValue = "" + Cluster.SHARDS,
            description = "With --cluster, how many shards a table has (default: ${DEFAULT-VALUE}).")
    private int shards;

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
        Migrations migrations =
                cluster == null ? new Migrations(database) : new Migrations(database, new Cluster(shards));
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
