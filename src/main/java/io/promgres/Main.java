package io.promgres;

import io.promgres.cli.BackupCommand;
import io.promgres.cli.CheckConfigCommand;
import io.promgres.cli.CompletionCommand;
import io.promgres.cli.ConfigOptions;
import io.promgres.cli.EnergyCommand;
import io.promgres.cli.ErrorHandler;
import io.promgres.cli.ExportCommand;
import io.promgres.cli.HealthCommand;
import io.promgres.cli.ImportCommand;
import io.promgres.cli.LogOutput;
import io.promgres.cli.MaintenanceCommand;
import io.promgres.cli.ManPageCommand;
import io.promgres.cli.MigrateCommand;
import io.promgres.cli.QueryCommand;
import io.promgres.cli.RestoreCommand;
import io.promgres.cli.ServeCommand;
import io.promgres.cli.SqlCommand;
import io.promgres.cli.TranslateCommand;
import io.promgres.cli.UninstallCommand;
import io.promgres.cli.VersionCommand;
import io.promgres.observe.FatalErrors;
import java.io.PrintWriter;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line: finds the command and runs it. */
@Command(
        name = "promgres",
        description = {"Prometheus metrics in a plain PostgreSQL.", ""},
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = {
            ServeCommand.class,
            MigrateCommand.class,
            EnergyCommand.class,
            MaintenanceCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            QueryCommand.class,
            SqlCommand.class,
            TranslateCommand.class,
            UninstallCommand.class,
            CheckConfigCommand.class,
            HealthCommand.class,
            VersionCommand.class,
            CompletionCommand.class,
            ManPageCommand.class,
            CommandLine.HelpCommand.class
        },
        versionProvider = VersionCommand.class,
        commandListHeading = "%nCommands (each has --help; without one: serve):%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed while starting or running",
            "2:wrong usage or configuration",
            "3:out of memory, or another error that no work goes on after"
        })
public final class Main {

    private static final int HELP_WIDTH = 110;

    /** Options of a daemon's server and of its start, which commands that work on the database do not take. */
    private static final Set<String> SERVER_OPTIONS =
            Set.of("listen", "migrate", "insecure", "web.config-file", "web.enable-lifecycle");

    /** Options that stand without a command, and are not those of serve. */
    private static final Set<String> OWN_OPTIONS = Set.of("-h", "--help", "-V", "--version");

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Prints the versions of promgres and of Java.")
    private boolean version;

    private Main() {}

    public static void main(String[] arguments) {
        LogOutput.keepLocalTime();
        FatalErrors.arm();
        System.exit(run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments));
    }

    /** Runs one command to its end; returns the exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        ErrorHandler failures = new ErrorHandler();
        int code = commandLine()
                .setOut(out)
                .setErr(err)
                .setUsageHelpWidth(HELP_WIDTH)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .execute(withDefaultCommand(arguments));
        out.flush();
        return code;
    }

    private static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        addOptions(line, "serve", Set.of());
        addOptions(line, "check-config", Set.of());
        addOptions(line, "health", HealthCommand.WITHOUT);
        addOptions(line, "migrate", SERVER_OPTIONS);
        ConfigOptions.addTo(
                line.getSubcommands()
                        .get("energy")
                        .getSubcommands()
                        .get("rebuild")
                        .getCommandSpec(),
                SERVER_OPTIONS);
        addOptions(line, "maintenance", SERVER_OPTIONS);
        addOptions(line, "import", ImportCommand.WITHOUT);
        addOptions(line, "backup", SERVER_OPTIONS);
        addOptions(line, "restore", SERVER_OPTIONS);
        addOptions(line, "uninstall", UninstallCommand.WITHOUT);
        addOptions(line, "export", SERVER_OPTIONS);
        addOptions(line, "query", SERVER_OPTIONS);
        addOptions(line, "sql", SERVER_OPTIONS);
        return line;
    }

    private static void addOptions(CommandLine line, String command, Set<String> without) {
        ConfigOptions.addTo(line.getSubcommands().get(command).getCommandSpec(), without);
    }

    /** {@code promgres --listen …} is {@code promgres serve --listen …}. */
    private static String[] withDefaultCommand(String... arguments) {
        boolean forServe = arguments.length == 0 || arguments[0].startsWith("-") && !OWN_OPTIONS.contains(arguments[0]);
        if (!forServe) {
            return arguments;
        }
        String[] all = new String[arguments.length + 1];
        all[0] = "serve";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return all;
    }
}
