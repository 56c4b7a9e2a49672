package io.promgres.cli;

import io.promgres.backup.Backup;
import io.promgres.backup.Progress;
import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import io.promgres.daemon.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the whole database to a file. */
@Command(
        name = "backup",
        description = {
            "Writes everything that promgres has in the database to a file, as one moment saw it. Daemons may run",
            "meanwhile. promgres restore reads it."
        })
public final class BackupCommand implements Callable<Integer> {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final double MEBIBYTE = 1 << 20;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE|DIR",
            description = "The file, which must not be there yet; or a directory, where it gets a name with the time.")
    private Path target;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        Config config = ConfigOptions.load(spec.commandLine().getParseResult()).config();
        return ConfiguredDatabase.useExisting(config, this::write);
    }

    private int write(DatabaseUri database) throws IOException, SQLException {
        PrintWriter out = spec.commandLine().getOut();
        Path file = Files.isDirectory(target)
                ? target.resolve("promgres-" + TIME.format(Instant.now()) + ".backup")
                : target;
        Progress progress = new Progress(out, Terminal.isThere());
        long rows = new Backup(database, Version.current(), progress).write(file);
        out.printf("%,d rows of %s are in %s, %,.1f MiB.%n", rows, database, file, Files.size(file) / MEBIBYTE);
        return 0;
    }
}
