package io.promgres.embedded;

import com.sun.security.auth.module.UnixSystem;
import io.promgres.config.Platform;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user that the server runs as: ours, unless we are root, which PostgreSQL refuses to run as.
 *
 * <p>Root becomes {@code postgres}, else {@code nobody}: with setpriv of util-linux, else chroot of GNU coreutils, which
 * changes the user as well; on macOS with sudo. All keep the working directory and none needs a password or a shell.
 */
final class Account {

    private static final Logger LOG = LoggerFactory.getLogger(Account.class);
    private static final List<String> UNPRIVILEGED = List.of("postgres", "nobody");
    private static final List<Path> PROGRAMS =
            Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin").map(Path::of).toList();

    /** Absent if the server runs as the user that we are. */
    private final Optional<UserPrincipal> user;

    private final List<String> prefix;

    private Account(Optional<UserPrincipal> user, List<String> prefix) {
        this.user = user;
        this.prefix = prefix;
    }

    /**
     * @param cluster if it exists and is not root's, the server runs as its owner
     * @throws EmbeddedPostgresException we are root, and this system has no way to become another user
     */
    static Account forCluster(Path cluster) throws IOException {
        if (new UnixSystem().getUid() != 0) {
            return new Account(Optional.empty(), List.of());
        }
        UserPrincipal user = Files.isDirectory(cluster) ? Files.getOwner(cluster) : null;
        if (user == null || user.getName().equals("root")) {
            user = firstUnprivileged();
        }
        return new Account(Optional.of(user), becoming(user));
    }

    private static UserPrincipal firstUnprivileged() throws IOException {
        for (String name : UNPRIVILEGED) {
            try {
                return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
            } catch (UserPrincipalNotFoundException e) {
                LOG.debug("there is no user {}", name);
            }
        }
        throw new EmbeddedPostgresException(
                "PostgreSQL does not run as root, and this system has no user " + String.join(" or ", UNPRIVILEGED)
                        + "; run promgres as another user, or name a database with --db URI");
    }

    private static List<String> becoming(UserPrincipal user) throws IOException {
        if (!Platform.current().isLinux()) {
            return List.of("/usr/bin/sudo", "-n", "-u", user.getName(), "--");
        }
        String uid = id("-u", user);
        String gid = id("-g", user);
        Optional<Path> setpriv = find("setpriv");
        if (setpriv.isPresent()) {
            return List.of(setpriv.get().toString(), "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--");
        }
        Optional<Path> chroot = find("chroot");
        if (chroot.isPresent()) {
            return List.of(chroot.get().toString(), "--userspec=" + uid + ":" + gid, "--groups=", "--skip-chdir", "/");
        }
        throw new EmbeddedPostgresException("PostgreSQL does not run as root, and neither setpriv nor chroot is here to"
                + " become " + user.getName() + "; run promgres as another user, or name a database with --db URI");
    }

    private static Optional<Path> find(String program) {
        return PROGRAMS.stream()
                .map(directory -> directory.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The number of a user or of its group: the JDK does not tell. */
    private static String id(String option, UserPrincipal user) {
        Command.Result result =
                Command.of(List.of("/usr/bin/id", option, user.getName())).run();
        if (!result.succeeded()) {
            throw new EmbeddedPostgresException("cannot look up the user " + user.getName() + ": "
                    + result.output().strip());
        }
        return result.output().strip();
    }

    /** The command line that runs a command as this account. */
    List<String> running(List<String> command) {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(command);
        return all;
    }

    /** Gives a file or a directory to this account. */
    void own(Path path) throws IOException {
        if (user.isPresent()) {
            Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setOwner(user.get());
        }
    }

    /** Whether this account can get into a directory by its path. */
    boolean canReach(Path directory) {
        return user.isEmpty()
                || Command.of(running(List.of("/bin/sh", "-c", "cd \"$1\"", "sh", directory.toString())))
                        .run()
                        .succeeded();
    }

    @Override
    public String toString() {
        return user.map(UserPrincipal::getName).orElse("the current user");
    }
}
