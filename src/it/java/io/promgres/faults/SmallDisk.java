package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promgres.testing.Programs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

/** A file system of a few megabytes, which a test fills and frees. */
final class SmallDisk implements AutoCloseable {

    private static final byte[] BLOCK = new byte[4096];

    private final Path directory;

    /**
     * Skips the test where it may not mount a file system.
     *
     * @param directory where it is mounted; made
     * @param owner of the file system
     */
    SmallDisk(Path directory, int megabytes, UserPrincipal owner) throws IOException, InterruptedException {
        this.directory = Files.createDirectory(directory);
        Programs.require("mount", "umount");
        Programs.Ended mount = Programs.run(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "mode=700,size=" + megabytes + "m",
                "promgres-test",
                directory.toString());
        assumeTrue(mount.code() == 0, "no file system can be mounted here: " + mount.said());
        Files.setOwner(directory, owner);
    }

    /** Takes what is free. */
    void fill() throws IOException {
        try (OutputStream filler = Files.newOutputStream(filler())) {
            boolean full = false;
            while (!full) {
                try {
                    filler.write(BLOCK);
                } catch (IOException e) {
                    full = true;
                }
            }
        }
        assertThat(directory.toFile().getUsableSpace()).isLessThan(BLOCK.length);
    }

    /** Gives it back. */
    void free() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return directory.resolve("filler");
    }

    @Override
    public void close() throws IOException, InterruptedException {
        Programs.Ended umount = Programs.run("umount", "-l", directory.toString());
        assertThat(umount.code()).as(umount.said()).isZero();
    }
}
