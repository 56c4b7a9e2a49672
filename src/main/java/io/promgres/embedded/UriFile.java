package io.promgres.embedded;

import io.promgres.config.DatabaseUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** The file database.uri: how to connect, readable by its owner only, and the only place where the password is kept. */
record UriFile(Path file) {

    /** The password in the file; empty if there is no file, or something else in it. */
    Optional<String> password() throws IOException {
        return read().flatMap(DatabaseUri::password);
    }

    /** The URI in the file; empty if there is no file, or something else in it. */
    Optional<DatabaseUri> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(DatabaseUri.parse(Files.readString(file).strip()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Replaces the file at once, never half. */
    void write(DatabaseUri uri) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(temporary, uri.psql() + "\n");
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
