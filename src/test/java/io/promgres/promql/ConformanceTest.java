package io.promgres.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The scripts of Prometheus' own engine tests, from the folder that the property test.conformance names. */
class ConformanceTest {

    private static final Path FOLDER =
            Path.of(System.getProperty("test.conformance", "/nowhere")).resolve("promql");

    /** Scripts with evaluations that do not pass, and why. Evaluations of native histograms are counted and left out. */
    private static final Map<String, String> INCOMPLETE = Map.of(
            "extended_vectors.test", "the modifiers anchored and smoothed are not supported",
            "info.test", "info() is not supported",
            "start_timestamps.test", "start timestamps are not looked at",
            "functions.test", "a destination label that is no UTF-8 cannot be told from one that is");

    static Stream<Path> scripts() throws Exception {
        if (!Files.isDirectory(FOLDER)) {
            return Stream.of(FOLDER);
        }
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<Path> scripts = files.filter(file -> file.toString().endsWith(".test"))
                    .sorted()
                    .toList();
            return scripts.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void evaluationsOfAScriptAreAsPrometheusHasThem(Path script) throws Exception {
        assumeTrue(
                Files.isRegularFile(script), "the scripts are skipped: -Dtest.conformance names no folder with them");
        MemorySource source = new MemorySource();
        ScriptRun run = new ScriptRun(new ScriptRun.Storage() {
            @Override
            public void add(Labels labels, long time, double value) {
                source.add(labels, time, value);
            }

            @Override
            public void clear() {
                source.clear();
            }

            @Override
            public Result evaluate(Engine engine, Script.Eval eval) throws QueryException {
                return eval.range()
                        ? engine.range(eval.query(), eval.start(), eval.end(), eval.step(), source)
                        : engine.instant(eval.query(), eval.start(), source);
            }
        });

        run.run(script);

        System.out.printf(
                "%s: %d passed, %d failed, %d with native histograms left out%n",
                script.getFileName(), run.passed, run.failures.size(), run.leftOut);
        assertThat(run.passed).isPositive();
        if (!INCOMPLETE.containsKey(script.getFileName().toString())) {
            assertThat(run.failures).isEmpty();
        }
    }
}
