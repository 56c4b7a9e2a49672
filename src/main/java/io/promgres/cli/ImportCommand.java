package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.config.HostPort;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.remoteread.ReadRefusedException;
import io.promgres.remoteread.Selector;
import io.promgres.transfer.HttpAddress;
import io.promgres.transfer.HttpHeaders;
import io.promgres.transfer.Import;
import io.promgres.transfer.ImportOrder;
import io.promgres.transfer.ImportSource;
import io.promgres.transfer.ImportState;
import io.promgres.transfer.ImportTarget;
import io.promgres.transfer.Progress;
import io.promgres.transfer.Retries;
import io.promgres.transfer.TransferException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Copies history out of a Prometheus into a promgres that runs. */
@Command(
        name = "import",
        description = {
            "Copies history out of a Prometheus, or anything with its remote read, into a promgres that runs.",
            "A run that ended early goes on where it was; to run it twice changes nothing."
        })
public final class ImportCommand implements Callable<Integer> {

    /** Configuration that has nothing to do with it. */
    public static final Set<String> WITHOUT =
            Set.of("db", "data-dir", "db-port", "migrate", "insecure", "web.config-file", "web.enable-lifecycle");

    private static final String EVERYTHING = "{__name__!=\"\"}";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "URL",
            description = {
                "The Prometheus: http://host:9090, or the whole URL of its remote read.",
                "User and password may stand in it: http://user:password@host."
            })
    private String from;

    @Option(
            names = "--to",
            paramLabel = "URL",
            description = "The promgres, or the whole URL of its remote write. Default: the address of --listen.")
    private Optional<String> to;

    @Mixin
    private TimeRange range;

    @Option(
            names = "--match",
            paramLabel = "SELECTOR",
            description = "Which series, as in PromQL: '{job=\"node\"}'. Several are added up. Default: all.")
    private List<String> selectors = List.of(EVERYTHING);

    @Option(
            names = "--headers",
            paramLabel = "FILE",
            description = "Headers of the requests to --from, a line \"Name: value\" for each.")
    private Optional<Path> headers;

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description = "Keeps what is done. Default: promgres-import-....state in the working directory.")
    private Optional<Path> stateFile;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        Config config = ConfigOptions.load(spec.commandLine().getParseResult()).config();
        ImportOrder asked = order(range.end());
        ImportOrder order = order(notBeyond(Instant.now()));
        Map<String, String> fromHeaders = headers.isPresent() ? HttpHeaders.read(headers.get()) : Map.of();
        HttpAddress source = HttpAddress.of(from, "/api/v1/read", fromHeaders);
        HttpAddress target = HttpAddress.of(to.orElseGet(() -> listening(config)), "/api/v1/write", Map.of());
        ImportState state = ImportState.of(stateFile, asked, source, target);
        PrintWriter out = spec.commandLine().getOut();
        if (order.end().isBefore(range.end())) {
            out.println("--end " + range.end() + " lies in the future: samples up to " + order.end()
                    + " are copied; run the same command again for later ones.");
        }
        Progress progress = new Progress(out, Terminal.isThere(), System::nanoTime);
        Import run = new Import(
                order,
                new ImportSource(source),
                new ImportTarget(target, Retries.USUAL, progress),
                state,
                Retries.USUAL,
                progress);
        return report(run.run(), state);
    }

    /** What is done is not looked at again, and the source goes on: an import ends now at the latest. */
    private Instant notBeyond(Instant now) {
        boolean future = range.end().isAfter(now) && now.isAfter(range.start());
        return future ? now : range.end();
    }

    private ImportOrder order(Instant end) {
        range.check();
        return new ImportOrder(range.start(), end, selectors, matchers(spec, selectors));
    }

    /** @throws ParameterException if one is not a selector */
    static List<List<Matcher>> matchers(CommandSpec spec, List<String> selectors) {
        List<List<Matcher>> matchers = new ArrayList<>();
        for (String selector : selectors) {
            try {
                matchers.add(Selector.parse(selector));
            } catch (ReadRefusedException e) {
                throw new ParameterException(spec.commandLine(), "--match: " + e.getMessage());
            }
        }
        return matchers;
    }

    private static String listening(Config config) {
        HostPort listen = config.listen();
        boolean any = listen.host().equals("0.0.0.0") || listen.host().equals("::");
        return "http://" + (any ? new HostPort("127.0.0.1", listen.port()) : listen);
    }

    private int report(Import.Result result, ImportState state) throws TransferException {
        PrintWriter out = spec.commandLine().getOut();
        String histograms =
                result.histograms() == 0 ? "" : String.format(" and %,d native histograms", result.histograms());
        out.printf("Imported %,d samples%s.%n", result.samples(), histograms);
        if (result.samples() + result.histograms() == 0) {
            out.println(
                    result.wasDone()
                            ? "Nothing was left to do: " + state.file() + " says that all of it is done."
                            : "The source has nothing of what was left to do: look at --match ("
                                    + String.join(" ", selectors) + "), --start and --end. The state is in "
                                    + state.file() + ".");
        }
        if (!result.refusal().isEmpty()) {
            throw new TransferException("not all could be stored: " + result.refusal());
        }
        return 0;
    }
}
