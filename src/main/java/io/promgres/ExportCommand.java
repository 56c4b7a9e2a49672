package io.promgres;

import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import io.promgres.embedded.EmbeddedPostgres;
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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes stored samples as OpenMetrics text. */
@Command(
        name = "export",
        description = {
            "Writes stored samples as OpenMetrics text with their times, straight from the database.",
            "Text that does not end with # EOF is not whole."
        })
final class ExportCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 2;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--match",
            required = true,
            paramLabel = "SELECTOR",
            description = "Which series, as in PromQL: 'node_load1{job=\"node\"}'. Several are added up.")
    private List<String> selectors;

    @Option(
            names = "--start",
            required = true,
            paramLabel = "TIME",
            converter = TimeArgument.class,
            description = "From when on: 2026-01-31T10:00:00Z, 2026-01-31, or seconds since 1970.")
    private Instant start;

    @Option(
            names = "--end",
            required = true,
            paramLabel = "TIME",
            converter = TimeArgument.class,
            description = "Until when, exclusive.")
    private Instant end;

    @Option(names = "--output", paramLabel = "FILE", description = "Where to. Default: standard output.")
    private Optional<Path> output;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        if (!end.isAfter(start)) {
            throw new ParameterException(spec.commandLine(), "--end " + end + " is not after --start " + start);
        }
        List<List<Matcher>> matchers = ImportCommand.matchers(spec, selectors);
        Config config = ConfigOptions.load(spec.commandLine().getParseResult()).config();
        if (config.db().isPresent()) {
            return run(config, config.db().get(), matchers);
        }
        try (EmbeddedPostgres server = EmbeddedPostgres.start(config.dataDir(), config.dbPort())) {
            return run(config, server.uri(), matchers);
        }
    }

    private int run(Config config, DatabaseUri uri, List<List<Matcher>> matchers) throws SQLException, IOException {
        try (Metrics metrics = new Metrics(Version.current());
                Database database = new Database(uri, CONNECTIONS, metrics.registry());
                Writer out = open()) {
            RemoteReader reader = new RemoteReader(
                    database.background(),
                    database::discard,
                    config.remoteRead().maxSeries());
            Export.Result result =
                    new Export(reader, new FamilyStore(database.background())).run(matchers, start, end, out);
            PrintWriter err = spec.commandLine().getErr();
            err.printf("Exported %,d samples.%n", result.samples());
            if (result.histograms() > 0) {
                err.printf("Left out: %,d native histograms.%n", result.histograms());
            }
        }
        return 0;
    }

    private Writer open() throws IOException {
        OutputStream bytes =
                output.isPresent() ? Files.newOutputStream(output.get()) : new FileOutputStream(FileDescriptor.out);
        return new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
    }
}
