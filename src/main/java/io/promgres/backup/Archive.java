package io.promgres.backup;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A backup that is read. */
final class Archive implements AutoCloseable {

    private final Path file;
    private final ZipFile zip;

    /** @throws BackupException it is no whole backup */
    Archive(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new BackupException("there is no file " + file);
        }
        this.file = file;
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw new BackupException(file + " is no whole backup of promgres: " + e.getMessage(), e);
        }
    }

    /** @throws BackupException it is no whole backup, or one of a later promgres */
    Manifest manifest() throws IOException {
        try (Content content = content(Manifest.ENTRY)) {
            String text = new String(content.stream().readAllBytes(), StandardCharsets.UTF_8);
            content.check();
            return Manifest.parse(text);
        }
    }

    /** @throws BackupException there is no such entry */
    Content content(String entry) throws IOException {
        ZipEntry found = zip.getEntry(entry);
        if (found == null) {
            throw new BackupException(file + " is no whole backup of promgres: it has no " + entry);
        }
        try {
            return new Content(file, found, new CheckedInputStream(zip.getInputStream(found), new CRC32()));
        } catch (ZipException | EOFException e) {
            throw damaged(e);
        }
    }

    /** Whether it has the scripts that make its tables. */
    boolean hasSchema() {
        return zip.stream().anyMatch(Archive::isScript);
    }

    /**
     * Writes the scripts that make its tables below a directory.
     *
     * @throws BackupException it is damaged
     */
    void extractSchema(Path directory) throws IOException {
        for (ZipEntry entry : zip.stream().filter(Archive::isScript).toList()) {
            Path target = directory
                    .resolve(entry.getName().substring(BackupFile.SCRIPTS.length()))
                    .normalize();
            if (!target.startsWith(directory)) {
                throw new BackupException(file + " is no backup of promgres: it has a script outside of its directory");
            }
            Files.createDirectories(target.getParent());
            Files.write(target, script(entry));
        }
    }

    /**
     * Looks at the scripts without any use for them: what is damaged anywhere is not restored.
     *
     * @throws BackupException it is damaged
     */
    void checkSchema() throws IOException {
        for (ZipEntry entry : zip.stream().filter(Archive::isScript).toList()) {
            script(entry);
        }
    }

    private byte[] script(ZipEntry entry) throws IOException {
        try (Content content = content(entry.getName())) {
            byte[] bytes = content.stream().readAllBytes();
            content.check();
            return bytes;
        } catch (ZipException | EOFException e) {
            throw damaged(e);
        }
    }

    private static boolean isScript(ZipEntry entry) {
        return entry.getName().startsWith(BackupFile.SCRIPTS) && !entry.isDirectory();
    }

    BackupException damaged(IOException e) {
        return new BackupException(file + " is damaged: " + e.getMessage() + "; nothing was restored", e);
    }

    /** What an entry holds. */
    record Content(Path file, ZipEntry entry, CheckedInputStream stream) implements AutoCloseable {

        /** @throws BackupException what was read to its end is not what was written */
        void check() throws IOException {
            if (stream.getChecksum().getValue() != entry.getCrc()) {
                throw new BackupException(
                        file + " is damaged: the checksum of " + entry.getName() + " is wrong; nothing was restored");
            }
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
