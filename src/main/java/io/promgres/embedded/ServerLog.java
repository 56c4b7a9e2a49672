package io.promgres.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the server says: first to the file of its start, then to the newest file of its log directory.
 *
 * @param start written until the logging collector takes over
 * @param cluster the data directory
 */
record ServerLog(Path start, Path cluster) {

    /** Of the log files, inside of the cluster. */
    static final String DIRECTORY = "log";

    private static final int LINES = 15;

    /** The last lines of both, for an error message. */
    String tail() {
        String text = Stream.concat(Stream.of(start), newest().stream())
                .flatMap(file -> lastLines(file).stream())
                .map(line -> "\n    " + line)
                .collect(Collectors.joining());
        return text.isEmpty() ? " (" + start + " is empty)" : text;
    }

    boolean says(String text) {
        return tail().contains(text);
    }

    private Optional<Path> newest() {
        try (Stream<Path> files = Files.list(cluster.resolve(DIRECTORY))) {
            return files.max(Comparator.comparingLong(file -> file.toFile().lastModified()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static List<String> lastLines(Path file) {
        try {
            // Not necessarily UTF-8: the log has what clients sent.
            List<String> lines = Files.readString(file, StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> !line.contains("logging collector process") && !line.contains("Future log output"))
                    .toList();
            return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
        } catch (IOException e) {
            return List.of();
        }
    }
}
