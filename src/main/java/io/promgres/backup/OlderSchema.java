package io.promgres.backup;

import io.promgres.config.DatabaseUri;
import io.promgres.schema.Migrations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * The tables of a backup that another promgres has written. Those of an older one are made by the scripts that the backup has,
 * and filled as that promgres would; the migrations of this one then bring them, and their rows, up to date.
 */
final class OlderSchema {

    private final DatabaseUri database;
    private final Manifest manifest;
    private final Migrations present;

    /** @param present the migrations of this promgres */
    OlderSchema(DatabaseUri database, Manifest manifest, Migrations present) {
        this.database = database;
        this.manifest = manifest;
        this.present = present;
    }

    /** Whether the backup has other tables than this promgres makes. */
    boolean isOther() {
        return !manifest.migrations().equals(present.known());
    }

    /**
     * Makes the tables of the backup.
     *
     * @throws BackupException says which promgres can, or which database is needed
     */
    void make(Archive archive) throws IOException {
        Set<String> theirs = manifest.migrations();
        if (!present.known().containsAll(theirs)) {
            throw new BackupException("the backup has the tables of promgres " + manifest.promgres() + ", taken "
                    + manifest.taken() + ", which this one does not know: restore it with that promgres or a later one,"
                    + " and start this one on the result if it is the later");
        }
        if (!archive.hasSchema()) {
            throw new BackupException("the backup of promgres " + manifest.promgres()
                    + " has no scripts of its tables: restore it with that promgres, and start this one on the result");
        }
        if (!theirs.containsAll(present.applied())) {
            throw new BackupException(
                    "the database " + database + " has the tables of this promgres already, and the backup"
                            + " those of " + manifest.promgres()
                            + ": restore it into a new one, made by CREATE DATABASE, or into a"
                            + " new --data-dir DIR");
        }
        Path scripts = Files.createTempDirectory("promgres-restore-");
        try {
            archive.extractSchema(scripts);
            new Migrations(database, scripts).migrate();
        } finally {
            delete(scripts);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
