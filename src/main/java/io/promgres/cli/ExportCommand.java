package io.promgres.cli;

import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import io.promgres.daemon.Version;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.observe.Metrics;
import io.promgres.remoteread.FamilyStore;
import io.promgres.remoteread.RemoteReader;
import io.promgres.store.Database;
import io.promgres.transfer.Export;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes stored samples as OpenMetrics text. */
@Command(
        name = "export",
        description = {
            "Writes stored samples as OpenMetrics text with their times, straight from the database.",
            "Text that does not end with # EOF is not whole. Where there is nothing to export, it ends with 1."
        })
public final class ExportCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 2;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--match",
            required = true,
            paramLabel = "SELECTOR",
            description = "Which series, as in PromQL: 'node_load1{job=\"node\"}'. Several are added up.")
    private List<String> selectors;

    @Mixin
    private TimeRange range;

    @Option(
            names = "--histograms",
            paramLabel = "classic|skip",
            defaultValue = "classic",
            description = {
                "What becomes of native histograms, which the text has no words for:",
                "classic ones, with the bounds of their buckets, or nothing. Default: ${DEFAULT-VALUE}."
            })
    private Export.Histograms histograms;

    @Option(names = "--output", paramLabel = "FILE", description = "Where to. Default: standard output.")
    private Optional<Path> output;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        range.check();
        List<List<Matcher>> matchers = ImportCommand.matchers(spec, selectors);
        Config config = ConfigOptions.load(spec.commandLine().getParseResult()).config();
        return ConfiguredDatabase.useExisting(config, database -> run(config, database, matchers));
    }

    private int run(Config config, DatabaseUri uri, List<List<Matcher>> matchers) throws SQLException, IOException {
        try (Metrics metrics = new Metrics(Version.current());
                Database database = new Database(uri, CONNECTIONS, metrics.registry());
                Writer out = open()) {
            RemoteReader reader = new RemoteReader(
                    database.background(),
                    database::discard,
                    config.remoteRead().maxSeries());
            Export export = new Export(reader, new FamilyStore(database.background()));
            Export.Result result = export.run(matchers, range.start(), range.end(), histograms, out);
            report(result);
            return result.isEmpty() ? ErrorHandler.FAILED : 0;
        }
    }

    private void report(Export.Result result) {
        PrintWriter err = spec.commandLine().getErr();
        if (result.isEmpty()) {
            err.printf(
                    "promgres: nothing to export: %s. The text has # EOF alone.%n",
                    result.seriesMatched() == 0
                            ? "no series matches --match (" + String.join(" ", selectors) + ")"
                            : String.format(
                                    "%,d series match --match, and none has samples from %s to %s",
                                    result.seriesMatched(), range.start(), range.end()));
            return;
        }
        err.printf(
                "Exported %,d samples%s.%n",
                result.samples(),
                result.histograms() == 0
                        ? ""
                        : String.format(" and %,d native histograms as classic ones", result.histograms()));
        if (result.histogramsLeftOut() > 0) {
            err.printf(
                    "Left out: %,d native histograms of %,d series%s.%n",
                    result.histogramsLeftOut(),
                    result.seriesLeftOut(),
                    histograms == Export.Histograms.SKIP
                            ? ""
                            : ", because their classic histograms are exported: choose with --match");
        }
    }

    private Writer open() throws IOException {
        OutputStream bytes =
                output.isPresent() ? Files.newOutputStream(output.get()) : new FileOutputStream(FileDescriptor.out);
        return new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
    }
}
