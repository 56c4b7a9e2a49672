package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.config.ConfigException;
import io.promgres.daemon.Daemon;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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
public final class ServeCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    /** How long a signal waits for a start under way. */
    private static final long START_SECONDS = 8;

    /** When the sender of the signal would send SIGKILL soon: 10 s are usual. */
    private static final long STOP_MILLIS = 9_500;

    @Spec
    private CommandSpec spec;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        Supplier<Config> source =
                () -> ConfigOptions.load(spec.commandLine().getParseResult()).config();
        Config config = source.get();
        LogOutput.use(config.log().format());
        CompletableFuture<Daemon> daemon = new CompletableFuture<>();
        AtomicBoolean stopping = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(daemon, stopping), "shutdown"));
        SighupHandler.runs(() -> reload(daemon));
        try {
            start(config, source, daemon, stopping::get);
        } catch (CancellationException e) {
            return 0;
        }
        spec.commandLine().getOut().print(daemon.join().greeting());
        spec.commandLine().getOut().flush();
        daemon.join().awaitStopped();
        return 0;
    }

    private static void start(
            Config config, Supplier<Config> source, CompletableFuture<Daemon> daemon, BooleanSupplier cancelled)
            throws Exception {
        try {
            daemon.complete(Daemon.start(config, source, cancelled));
        } catch (Exception e) {
            daemon.completeExceptionally(e);
            throw e;
        }
    }

    private static void reload(CompletableFuture<Daemon> daemon) {
        if (!daemon.isDone()) {
            LOG.info("starts, so there is nothing to reload yet");
            return;
        }
        try {
            daemon.join().reload();
        } catch (ConfigException e) {
            // Has been logged, and what was in force stays so.
        }
    }

    /**
     * Runs inside of the JVM's shutdown. A JVM that a signal ends would exit with 128 and the signal's number, although
     * everything accepted has been written; halting in the hook is the way to exit with 0. A start that is under way is
     * let finish its step first, so that no database is left running.
     */
    private static void stop(CompletableFuture<Daemon> daemon, AtomicBoolean stopping) {
        if (daemon.isCompletedExceptionally()) {
            return;
        }
        stopping.set(true);
        haltInTime();
        int code = 0;
        try {
            daemon.get(START_SECONDS, TimeUnit.SECONDS).close();
        } catch (CancellationException e) {
            LOG.info("stopped while starting");
        } catch (Exception e) {
            LOG.error("stopping failed", e);
            code = ErrorHandler.FAILED;
        }
        Runtime.getRuntime().halt(code);
    }

    /** A database that does not answer must not keep the process from its end: nothing that is lost was acknowledged. */
    private static void haltInTime() {
        Thread watch = new Thread(
                () -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS));
                    LOG.error("not stopped after {} ms, so it ends as it is", STOP_MILLIS);
                    Runtime.getRuntime().halt(ErrorHandler.FAILED);
                },
                "shutdown-watch");
        watch.setDaemon(true);
        watch.start();
    }
}
