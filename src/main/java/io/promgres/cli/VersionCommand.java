package io.promgres.cli;

import io.promgres.daemon.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says which promgres this is. */
@Command(name = "version", description = "Prints the versions of promgres and of Java.")
public final class VersionCommand implements Callable<Integer>, IVersionProvider {

    @Spec
    private CommandSpec spec;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(getVersion()[0]);
        return 0;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"promgres " + Version.current() + " on Java " + Runtime.version()};
    }
}
