package io.promgres.cli;

import io.promgres.backup.Progress;
import io.promgres.backup.Restore;
import io.promgres.config.Config;
import io.promgres.config.DatabaseUri;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fills an empty database from a backup. */
@Command(
        name = "restore",
        description = {
            "Fills an empty database from a file of promgres backup: wholly, or not at all. The embedded database is made",
            "where there is none; a database of --db has to be there, and to belong to the role."
        })
public final class RestoreCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "What promgres backup has written.")
    private Path file;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        Config config = ConfigOptions.load(spec.commandLine().getParseResult()).config();
        Restore.check(file);
        return ConfiguredDatabase.use(config, this::read);
    }

    private int read(DatabaseUri database) throws IOException, SQLException {
        PrintWriter out = spec.commandLine().getOut();
        Restore.Result result = new Restore(database, new Progress(out, Terminal.isThere())).read(file);
        result.remarks().forEach(remark -> out.println("To see to: " + remark));
        out.printf("%,d rows are in %s, as many as in the backup.%n", result.rows(), database);
        return 0;
    }
}
