package io.promgres.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One run of a program: its working directory, its input, where its output goes. Immutable.
 *
 * <p>The environment is not handed on: PGPORT, LD_LIBRARY_PATH or a locale of the user's must not change the server.
 */
record Command(List<String> line, Path directory, String input, Path outputFile) {

    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL", "C");

    /** How a run ended. */
    record Result(int status, String output) {

        boolean succeeded() {
            return status == 0;
        }
    }

    static Command of(List<String> line) {
        return new Command(line, Path.of("/"), "", null);
    }

    Command in(Path newDirectory) {
        return new Command(line, newDirectory, input, outputFile);
    }

    Command withInput(String newInput) {
        return new Command(line, directory, newInput, outputFile);
    }

    /** For a program that leaves a child behind, which would keep a pipe open: output and errors go to a file. */
    Command writingTo(Path file) {
        return new Command(line, directory, input, file);
    }

    /** Runs it to its end. */
    Result run() {
        ProcessBuilder builder =
                new ProcessBuilder(line).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(ENVIRONMENT);
        if (outputFile != null) {
            builder.redirectOutput(outputFile.toFile());
        }
        try {
            return finish(builder.start());
        } catch (IOException e) {
            throw new EmbeddedPostgresException("cannot run " + line.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException("interrupted while " + line.get(0) + " was running", e);
        }
    }

    private Result finish(Process process) throws IOException, InterruptedException {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
