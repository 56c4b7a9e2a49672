package io.promgres.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that cannot go on ends, with a line that says why. */
class FatalErrorsIT {

    private static final long PATIENCE_SECONDS = 60;

    /** The process, and what goes wrong on one of its threads. */
    public static final class Victim {

        private Victim() {}

        public static void main(String[] arguments) throws InterruptedException {
            FatalErrors.arm();
            new Thread(() -> fail(arguments[0]), arguments[1]).start();
            Thread.currentThread().join();
        }

        private static void fail(String what) {
            if (what.equals("memory")) {
                long[][] all = new long[1 << 16][];
                for (int i = 0; i < all.length; i++) {
                    all[i] = new long[1 << 14];
                }
            }
            throw new IllegalStateException("as the test wants it");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "memory, any-thread, out of memory",
        "exception, promgres-flusher, a thread that it needs has ended",
    })
    void aProcessThatCannotGoOnEndsWithACodeAndALine(String what, String thread, String line)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        what,
                        thread)
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(FatalErrors.EXIT_CODE);
            assertThat(output).contains(line);
        } finally {
            process.destroyForcibly();
        }
    }
}
