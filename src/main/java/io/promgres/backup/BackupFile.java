package io.promgres.backup;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A backup that is being written, under another name until {@link #finish}: what is left of a process that ends before is no
 * backup by its name, nor by its contents, since the directory of a zip archive is its end.
 */
final class BackupFile implements AutoCloseable {

    /** Where the scripts are that make the tables: what a later promgres restores it by. */
    static final String SCRIPTS = "schema/";

    private static final int BUFFER = 1 << 16;

    private final Path target;
    private final Path unfinished;
    private final FileChannel channel;
    private final ZipOutputStream archive;

    /**
     * Begins one, readable by its owner only.
     *
     * @throws BackupException there is such a file already
     */
    BackupFile(Path target) throws IOException {
        if (Files.exists(target)) {
            throw new BackupException(target + " is there already, and no backup is overwritten: choose another name");
        }
        this.target = target;
        unfinished = target.resolveSibling(target.getFileName() + ".unfinished");
        Files.deleteIfExists(unfinished);
        channel = FileChannel.open(
                unfinished,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        archive = new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
        // Packed samples hardly become smaller by more.
        archive.setLevel(Deflater.BEST_SPEED);
    }

    /** Begins an entry; to be written before the next one. */
    OutputStream entry(String name) throws IOException {
        archive.putNextEntry(new ZipEntry(name));
        return archive;
    }

    long bytes() throws IOException {
        return channel.size();
    }

    /** The backup is whole: it gets its name when it is on disk. */
    void finish(Manifest manifest) throws IOException {
        entry(Manifest.ENTRY).write(manifest.text().getBytes(StandardCharsets.UTF_8));
        archive.finish();
        archive.flush();
        channel.force(true);
        channel.close();
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(unfinished);
    }
}
