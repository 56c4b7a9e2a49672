package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.config.ConfigException;
import io.promgres.config.DatabaseUri;
import io.promgres.schema.SchemaException;
import io.promgres.schema.Uninstall;
import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes promgres out of a database. */
@Command(
        name = "uninstall",
        description = {
            "Shows what promgres has in the database of --db; with --yes it removes all of it: schemas with every sample,",
            "roles, the search path of the database. What is stored is lost: see promgres backup."
        })
public final class UninstallCommand implements Callable<Integer> {

    /** Configuration that has nothing to do with it. */
    public static final Set<String> WITHOUT =
            Set.of("listen", "migrate", "db-port", "insecure", "web.config-file", "web.enable-lifecycle");

    @Spec
    private CommandSpec spec;

    @Option(names = "--yes", description = "Removes it, instead of showing it only.")
    private boolean yes;

    @Option(names = "--with-dependents", description = "Removes objects of others that depend on it, too.")
    private boolean withDependents;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() {
        Config config = ConfigOptions.load(spec.commandLine().getParseResult()).config();
        DatabaseUri database = config.db()
                .orElseThrow(() -> new ConfigException("name the database with --db; the embedded one is the directory "
                        + config.dataDir().toAbsolutePath() + ": stop the daemon, and remove that"));
        Uninstall uninstall = new Uninstall(database);
        Uninstall.Plan plan = uninstall.plan();
        show(database, plan);
        if (!yes) {
            spec.commandLine().getOut().println("Nothing was removed. --yes does it.");
            return 0;
        }
        refuse(plan);
        PrintWriter out = spec.commandLine().getOut();
        uninstall.run().forEach(out::println);
        out.println("Removed.");
        return 0;
    }

    private void show(DatabaseUri database, Uninstall.Plan plan) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("promgres has in " + database + ":");
        plan.own().forEach(line -> out.println("  " + line));
        plan.roles()
                .forEach(role ->
                        out.println("  role " + role + ", which stays if another database of the server uses it"));
        out.println("  the search path of the database");
        if (!plan.foreign().isEmpty()) {
            out.println("Of others, and dependent on it:");
            plan.foreign().forEach(line -> out.println("  " + line));
        }
        out.flush();
    }

    private void refuse(Uninstall.Plan plan) {
        if (!plan.sessions().isEmpty()) {
            throw new SchemaException("promgres is connected to the database (server processes "
                    + String.join(", ", plan.sessions()) + "): stop the daemons first; nothing was removed");
        }
        if (!plan.foreign().isEmpty() && !withDependents) {
            throw new SchemaException("objects of others depend on promgres (" + String.join(", ", plan.foreign())
                    + "): drop or change them, or say --with-dependents; nothing was removed");
        }
    }
}
