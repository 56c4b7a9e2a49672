package io.promgres.transfer;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;

/**
 * Up to when an import is done, in a file that is replaced as a whole after each window: a process that is killed finds the
 * one before or the one after. Windows go from the oldest to the newest, so that one time says all.
 */
public final class ImportState {

    private static final String IMPORT = "import";
    private static final String DONE = "done";
    private static final int NAME_DIGITS = 12;

    private final Path file;
    private final String identity;

    /** @param file or none, for one in the working directory */
    public static ImportState of(Optional<Path> file, ImportOrder order, HttpAddress from, HttpAddress to) {
        String identity = order.identity(from, to);
        return new ImportState(file.orElseGet(() -> fileFor(identity)), identity);
    }

    /** @param identity of the import that the file belongs to */
    ImportState(Path file, String identity) {
        this.file = file;
        this.identity = identity;
    }

    private static Path fileFor(String identity) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
            String name = HexFormat.of().formatHex(digest).substring(0, NAME_DIGITS);
            return Path.of("promgres-import-" + name + ".state");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    public Path file() {
        return file;
    }

    /**
     * Where to go on.
     *
     * @param start where an import begins that has done nothing
     * @throws TransferException if the file cannot be read, or belongs to another import
     */
    Instant done(Instant start) throws TransferException {
        if (!Files.exists(file)) {
            return start;
        }
        Properties state = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            state.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(e);
        }
        if (!identity.equals(state.getProperty(IMPORT))) {
            throw new TransferException(
                    file + " belongs to another import: name another file with --state, or delete it");
        }
        try {
            return Instant.parse(state.getProperty(DONE, ""));
        } catch (DateTimeException e) {
            throw unreadable(e);
        }
    }

    private TransferException unreadable(Exception e) {
        return new TransferException(
                file + " cannot be read: " + e.getMessage() + ". To begin again, delete it: nothing is stored twice",
                e);
    }

    /** @throws TransferException if the file cannot be written */
    void save(Instant done) throws TransferException {
        Properties state = new Properties();
        state.setProperty(IMPORT, identity);
        state.setProperty(DONE, done.toString());
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            try (Writer out = Files.newBufferedWriter(next)) {
                state.store(out, "promgres import: what is before done is stored");
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new TransferException("the state of the import cannot be written to " + file + ": " + e, e);
        }
    }
}
