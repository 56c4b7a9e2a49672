package io.promgres.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What java.nio.file has no single call for. */
final class Directories {

    private Directories() {}

    /** Deletes a directory and all below it; nothing if it does not exist. Links are deleted, not followed. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        for (Path path : below(directory)) {
            Files.deleteIfExists(path);
        }
    }

    private static List<Path> below(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
