package io.promgres.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The unpacked programs, run as the server's account.
 *
 * @param binaries the directory with bin, lib and share
 * @param account who runs them
 * @param throughWorkingDirectory whether the server reaches its cluster only as its working directory, because a parent
 *     is closed to its account (a clone below /root, say). The directory is entered before the user changes, and
 *     {@code /proc/self/cwd} names it from then on: PostgreSQL makes its data directory the working directory of all
 *     its processes.
 * @param version what the programs say they are, such as {@code 18.6}
 */
record Programs(Path binaries, Account account, boolean throughWorkingDirectory, String version) {

    private static final Pattern VERSION = Pattern.compile("PostgreSQL\\) (\\d+\\S*)");

    /** @throws EmbeddedPostgresException the programs do not run here */
    static Programs of(Path binaries, Account account, boolean throughWorkingDirectory) {
        String postgres = binaries.resolve("bin/postgres").toString();
        Command.Result result =
                Command.of(account.running(List.of(postgres, "--version"))).run();
        Matcher matcher = VERSION.matcher(result.output());
        if (!result.succeeded() || !matcher.find()) {
            throw new EmbeddedPostgresException("the embedded PostgreSQL does not run on this system ("
                    + result.output().strip() + "); install PostgreSQL 15 to 18 and name it with --db URI");
        }
        return new Programs(binaries, account, throughWorkingDirectory, matcher.group(1));
    }

    /** A command that works on a cluster: the cluster is its working directory, {@code -D} is added. */
    Command on(Path cluster, String program, List<String> arguments) {
        List<String> line = new ArrayList<>();
        line.add(program(program));
        // The server takes --single only as its first argument.
        boolean singleUser = arguments.get(0).equals("--single");
        line.addAll(singleUser ? arguments.subList(0, 1) : List.of());
        line.add("-D");
        line.add(throughWorkingDirectory ? "/proc/self/cwd" : cluster.toString());
        line.addAll(singleUser ? arguments.subList(1, arguments.size()) : arguments);
        return Command.of(account.running(line)).in(cluster);
    }

    /** The first number of the version, which decides whether a cluster fits. */
    int majorVersion() {
        return Integer.parseInt(version.replaceFirst("\\D.*", ""));
    }

    private String program(String name) {
        return binaries.resolve("bin").resolve(name).toString();
    }
}
