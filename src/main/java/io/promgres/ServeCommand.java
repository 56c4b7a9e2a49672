package io.promgres;

import io.promgres.config.Config;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the daemon until SIGTERM or SIGINT. */
@Command(
        name = "serve",
        description = "Takes Prometheus remote write and stores it, until SIGTERM or Ctrl-C. The default command.")
final class ServeCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    @Spec
    private CommandSpec spec;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        Config config = ConfigOptions.load(spec.commandLine().getParseResult()).config();
        Daemon daemon = Daemon.start(config);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(daemon), "shutdown"));
        spec.commandLine().getOut().print(daemon.greeting());
        spec.commandLine().getOut().flush();
        daemon.awaitStopped();
        return 0;
    }

    /**
     * Runs inside of the JVM's shutdown. A JVM that a signal ends would exit with 128 and the signal's number, although
     * everything accepted has been written; halting in the hook is the way to exit with 0.
     */
    private static void stop(Daemon daemon) {
        int code = 0;
        try {
            daemon.close();
        } catch (Exception e) {
            LOG.error("stopping failed", e);
            code = 1;
        }
        Runtime.getRuntime().halt(code);
    }
}
