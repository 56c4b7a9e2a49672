package io.promgres.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The scripts of Prometheus' own engine tests, in memory. The property test.promql names their folder. */
class PromqlScriptsTest {

    static final String FOLDER = System.getProperty("test.promql", "");

    static final String MISSING =
            "SKIPPED: the scripts of Prometheus' engine; -Dtest.promql=FOLDER names where they are";

    @Test
    void theScriptsAreThere() throws Exception {
        assumeFalse(FOLDER.isEmpty(), MISSING);
        assertThat(files()).as("scripts in %s", FOLDER).isNotEmpty();
    }

    @TestFactory
    Stream<DynamicTest> everyQueryOfAScriptIsAnsweredAsByPrometheus() throws Exception {
        return files().stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    ScriptRunner runner = new ScriptRunner(samples -> samples, ScriptRunner.optionsOf(file));
                    runner.run(Script.read(file));
                    System.out.printf(
                            "promql %s: %d of %d passed%n",
                            file.getFileName(),
                            runner.queries() - runner.failures().size(),
                            runner.queries());
                    assertThat(runner.failures()).isEmpty();
                }));
    }

    /** The scripts, by their names; none where no folder is named. */
    static List<Path> files() throws IOException {
        if (FOLDER.isEmpty()) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(Path.of(FOLDER))) {
            return files.filter(file -> file.toString().endsWith(".test"))
                    .sorted()
                    .toList();
        }
    }
}
