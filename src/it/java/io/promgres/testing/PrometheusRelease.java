package io.promgres.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The releases of Prometheus that tests can start. */
public enum PrometheusRelease {

    /** Whatever is on the PATH: Debian's 2.42, where the check runs. */
    INSTALLED,

    /**
     * A release of Prometheus 3, the path of which is in the system property {@code test.prometheus3}: what
     * {@code .ci/prometheus-3} fetches and prints.
     */
    THREE;

    private static final String PROPERTY = "test.prometheus3";

    /** The one that the property names; without it the installed one. */
    public static PrometheusRelease newest() {
        return System.getProperty(PROPERTY, "").isEmpty() ? INSTALLED : THREE;
    }

    /**
     * Skips the test where there is none to start. In continuous integration the installed one has to be there; the other one
     * may not be, because its archive may be out of reach: the check says so.
     */
    public void require() {
        if (this == INSTALLED) {
            Programs.require("prometheus");
        } else {
            // Without the property: an empty path is the working directory, which is executable, too.
            Path program = Path.of(System.getProperty(PROPERTY, ""));
            assumeTrue(
                    Files.isRegularFile(program) && Files.isExecutable(program),
                    "needs a Prometheus 3: -D" + PROPERTY + "=$(.ci/prometheus-3)");
        }
    }

    /** Starts it, with its output in a log. */
    public Process start(Path log, String... arguments) throws IOException {
        String program = this == INSTALLED ? "prometheus" : System.getProperty(PROPERTY);
        return Programs.start(log, program, arguments);
    }
}
