package io.promgres.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A server that takes remote write at {@code /api/v1/write} and answers PromQL at {@code /api/v1/query}, with a store of its own. */
interface Peer {

    String name();

    /** Such as http://127.0.0.1:9090. */
    String url();

    /** Seconds of CPU that all of its processes have used. */
    double cpuSeconds();

    /** Bytes of memory of all of its processes, what they share counted once. */
    long memoryBytes();

    /** Bytes that it has written to its log so far, or a negative number where it does not say. */
    default long logBytes() throws Exception {
        return -1;
    }

    /** Has it bring into its final form what it keeps that does so later. */
    void tidy() throws Exception;

    /** Bytes on the disk of samples, indexes and labels, in their final form. */
    long storedBytes() throws Exception;

    /** Bytes of all files in a directory. */
    static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }
}
