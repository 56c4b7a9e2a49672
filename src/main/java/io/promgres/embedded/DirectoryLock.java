package io.promgres.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a second daemon away from a data directory. The lock is the kernel's: it ends with the process, however that
 * ends, so there is nothing stale to clean up.
 */
final class DirectoryLock implements AutoCloseable {

    /**
     * Directories locked by this process. Asking the kernel is not enough here: closing a second descriptor of the lock
     * file would release the lock of the first (POSIX record locks).
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** @throws EmbeddedPostgresException another daemon holds it */
    static DirectoryLock acquire(Path directory) throws IOException {
        Path real = directory.toRealPath();
        if (!HELD.add(real)) {
            throw refused(directory);
        }
        boolean locked = false;
        try {
            FileChannel channel =
                    FileChannel.open(real.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            locked = lock != null;
            if (!locked) {
                channel.close();
                throw refused(directory);
            }
            return new DirectoryLock(real, channel);
        } finally {
            if (!locked) {
                HELD.remove(real);
            }
        }
    }

    /** Whether a daemon holds it at this moment. */
    static boolean isHeld(Path directory) throws IOException {
        try (DirectoryLock free = acquire(directory)) {
            return false;
        } catch (EmbeddedPostgresException e) {
            return true;
        }
    }

    private static EmbeddedPostgresException refused(Path directory) {
        return new EmbeddedPostgresException("the data directory " + directory
                + " is in use by another promgres; stop that one, or choose another directory with --data-dir DIR");
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD.remove(directory);
    }
}
