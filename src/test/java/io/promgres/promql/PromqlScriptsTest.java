package io.promgres.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

    @Test
    void theFolderOfTheScriptsIsThere() {
        assumeTrue(
                !FOLDER.isEmpty(),
                "SKIPPED: the scripts of Prometheus' engine; -Dtest.promql=FOLDER names where they are");
        assertThat(Path.of(FOLDER)).isDirectory();
    }

    @TestFactory
    Stream<DynamicTest> everyQueryOfAScriptIsAnsweredAsByPrometheus() throws Exception {
        return files().map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
            ScriptRunner runner = new ScriptRunner(samples -> samples, ScriptRunner.optionsOf(file));
            runner.run(Script.read(file));
            System.out.printf(
                    "promql %s: %d of %d passed%n",
                    file.getFileName(), runner.queries() - runner.failures().size(), runner.queries());
            assertThat(runner.failures()).isEmpty();
        }));
    }

    static Stream<Path> files() throws Exception {
        if (FOLDER.isEmpty()) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(Path.of(FOLDER))) {
            List<Path> scripts = files.filter(file -> file.toString().endsWith(".test"))
                    .sorted()
                    .toList();
            return scripts.stream();
        }
    }
}
