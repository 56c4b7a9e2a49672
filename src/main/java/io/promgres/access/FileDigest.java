package io.promgres.access;

import io.promgres.config.FileContents;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Tells whether files have changed, by what is in them: times are too coarse, and a mounted secret is a link. */
public final class FileDigest {

    private FileDigest() {}

    /** Differs if any file does; one that cannot be read counts as empty. */
    public static String of(List<Path> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                digest.update(MessageDigest.getInstance("SHA-256").digest(content(file)));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] content(Path file) {
        try {
            return FileContents.bytes(file);
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
