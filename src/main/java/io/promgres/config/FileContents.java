package io.promgres.config;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads the files that configure the process. A pipe ({@code --config <(...)}, {@code /dev/stdin}) gives its bytes only once:
 * they are remembered as long as the process lives, and each further read of it, by another part or by a reload, gets the same.
 * Thread-safe.
 */
public final class FileContents {

    private static final Map<Path, byte[]> PIPES = new HashMap<>();

    private FileContents() {}

    /** @throws IOException it cannot be read, as of {@link Files#readAllBytes} */
    public static byte[] bytes(Path file) throws IOException {
        if (!Files.exists(file) || Files.isRegularFile(file) || Files.isDirectory(file)) {
            return Files.readAllBytes(file);
        }
        return pipe(file.toAbsolutePath()).clone();
    }

    /** @throws IOException it cannot be read, or has bytes that are none of this encoding, as of {@link Files#readString} */
    public static String text(Path file, Charset encoding) throws IOException {
        return encoding.newDecoder().decode(ByteBuffer.wrap(bytes(file))).toString();
    }

    private static byte[] pipe(Path file) throws IOException {
        synchronized (PIPES) {
            byte[] bytes = PIPES.get(file);
            if (bytes == null) {
                // A file's own stream asks for its position, which a pipe has not.
                try (InputStream in = new BufferedInputStream(new FileInputStream(file.toFile()))) {
                    bytes = in.readAllBytes();
                }
                PIPES.put(file, bytes);
            }
            return bytes;
        }
    }
}
