package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Programs;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;

/**
 * The wall clock of a process and its children, which a test sets while they run: libfaketime reads a file. What counts from
 * a start, such as {@link System#nanoTime}, goes on, as when a real clock is set.
 */
final class SettableClock {

    private static final String LIBRARY = "faketime/libfaketimeMT.so.1";

    private final Path library;
    private final Path file;

    /** Skips the test where libfaketime is not installed. */
    SettableClock(Path directory) throws IOException {
        Programs.require("faketime");
        library = library();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        file = directory.resolve("clock");
        set(Duration.ZERO);
    }

    private static Path library() throws IOException {
        try (DirectoryStream<Path> architectures = Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-*")) {
            for (Path architecture : architectures) {
                Path candidate = architecture.resolve(LIBRARY);
                if (Files.exists(candidate)) {
                    return candidate;
                }
            }
        }
        throw new AssertionError("faketime is installed, but not its library");
    }

    /** For the process: a step is seen within a second. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                // With its fix for glibc 2.24, timed waits of a JVM end at once.
                "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                "FAKETIME_DONT_RESET", "1");
    }

    /** Steps the clock: so far ahead of the right time from now on, or behind it if negative. */
    void set(Duration ahead) throws IOException {
        Path next = file.resolveSibling("clock.next");
        Files.writeString(next, "%+d".formatted(ahead.toSeconds()));
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
        // Never half a file.
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertThat(file).isReadable();
    }
}
