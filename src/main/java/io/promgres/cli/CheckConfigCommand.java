package io.promgres.cli;

import io.promgres.config.ConfigLoader;
import io.promgres.daemon.Daemon;
import io.promgres.energy.RuleFiles;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks at the configuration and touches nothing. */
@Command(
        name = "check-config",
        description = "Checks the configuration as serve would read it, without starting anything.")
public final class CheckConfigCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--print-config",
            description = "Prints the configuration in force as YAML, with *** for passwords.")
    private boolean print;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() {
        ConfigLoader loader = ConfigOptions.load(spec.commandLine().getParseResult());
        Daemon.access(loader.config());
        RuleFiles.read(loader.config().energy().rules());
        PrintWriter out = spec.commandLine().getOut();
        if (print) {
            out.print(loader.print());
        } else {
            out.println("The configuration is right.");
        }
        return 0;
    }
}
