package io.promgres.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Headers from a file, so that a token does not stand on the command line: a line {@code Name: value} for each. */
public final class HttpHeaders {

    private HttpHeaders() {}

    /** @throws TransferException if the file cannot be read, or a line is not a header */
    public static Map<String, String> read(Path file) throws TransferException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        int number = 0;
        for (String line : lines(file)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(':');
            if (colon < 1 || !line.substring(0, colon).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
                throw new TransferException(
                        file + ", line " + number + ": not a header such as Authorization: Bearer ...");
            }
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static Iterable<String> lines(Path file) throws TransferException {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new TransferException("the file of headers " + file + " cannot be read: " + e, e);
        }
    }
}
