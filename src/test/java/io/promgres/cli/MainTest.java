package io.promgres.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void helpNamesEveryCommandAndTheExitCodes() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("serve", "migrate", "check-config", "health", "version", "Exit codes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "help"})
    void helpIsFoundWhereOtherProgramsHaveIt(String argument) {
        assertThat(run(argument)).isZero();
        assertThat(out.toString()).startsWith("Usage: promgres ").contains("check-config");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-V", "--version", "version"})
    void theVersionIsFoundWhereOtherProgramsHaveIt(String argument) {
        assertThat(run(argument)).isZero();
        assertThat(out.toString()).startsWith("promgres ").contains(" on Java ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "migrate", "check-config", "health", "version"})
    void everyCommandHasHelp(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).startsWith("Usage: promgres " + command);
    }

    @Test
    void optionsOfTheCommandLineShowTheirDefaultAndEnvironmentVariable() {
        run("--listen", "h:1", "--help");

        assertThat(out.toString())
                .startsWith("Usage: promgres serve")
                .contains("--listen=HOST:PORT", "default: 127.0.0.1:9201, env: PROMGRES_LISTEN", "--[no-]migrate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"backup", "export", "import", "maintenance", "migrate", "query", "restore", "sql", "uninstall"})
    void commandsWithoutAServerHaveNoOptionsOfOne(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).contains("--config").doesNotContain("--web.", "--[no-]insecure");
    }

    @Test
    void aBackupThatIsNotThereMakesNoDatabase(@TempDir Path directory) {
        Path data = directory.resolve("data");
        assertThat(run("restore", directory.resolve("absent").toString(), "--data-dir", data.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("there is no file");
        assertThat(data).doesNotExist();
    }

    @Test
    void energyIsNotRebuiltWhereThereIsNoDatabase(@TempDir Path directory) throws IOException {
        Path empty = directory.resolve("empty");
        assertThat(run(
                        "energy",
                        "rebuild",
                        "--from",
                        "2026-03-01",
                        "--to",
                        "2026-03-02",
                        "--data-dir",
                        empty.toString()))
                .isNotZero();
        assertThat(err.toString()).contains("there is no database in " + empty);
        assertThat(empty).doesNotExist();
    }

    @Test
    void theConfigurationIsPrintedAsShipped() throws IOException {
        assertThat(run("check-config", "--print-config")).isZero();
        assertThat(out).hasToString(Files.readString(Path.of("config/promgres.yaml")));
    }

    @Test
    void switchesAndOptionsReachTheConfiguration() {
        run("check-config", "--print-config", "--no-migrate", "--listen", "[::1]:1", "--db=postgres://u:secret@h/d");

        assertThat(out.toString())
                .contains("\nmigrate: false\n", "\nlisten: '[::1]:1'\n", "\ndb: 'postgresql://u:***@h:5432/d'\n");
    }

    @Test
    void aMigrateSwitchUndoesTheFile(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("promgres.yaml"), "migrate: false\n");
        run("check-config", "--print-config", "--config", file.toString(), "--migrate");

        assertThat(out.toString()).contains("\nmigrate: true\n");
    }

    @Test
    void aDryRunMakesNoDatabase(@TempDir Path directory) {
        Path data = directory.resolve("data");
        assertThat(run("migrate", "--dry-run", "--data-dir", data.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("there is no database in");
        assertThat(data).doesNotExist();
    }

    @Test
    void aWrongValueIsOneLineAndExitCode2() {
        assertThat(run("serve", "--db-port", "many")).isEqualTo(2);
        assertThat(err.toString())
                .isEqualToNormalizingNewlines("promgres: --db-port: \"many\" is not a whole number\n");
    }

    @Test
    void anUnknownOptionIsExitCode2WithTheNearestName() {
        assertThat(run("--lisen", "h:1")).isEqualTo(2);
        assertThat(err.toString()).contains("--lisen", "--listen").doesNotContain("\tat ");
    }

    @Test
    void anUnknownCommandIsExitCode2WithTheNearestName() {
        assertThat(run("migrat")).isEqualTo(2);
        assertThat(err.toString()).contains("Did you mean: promgres migrate");
    }

    @Test
    void aRebuildOfNoTimeIsExitCode2WithBothEnds() {
        assertThat(run("energy", "rebuild", "--from", "1769853600", "--to", "2026-01-31"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--to 2026-01-31T00:00:00Z is not after --from 2026-01-31T10:00:00Z");
    }

    @Test
    void aRebuildFromWhatIsNoTimeIsExitCode2WithTheFormsThatAre() {
        assertThat(run("energy", "rebuild", "--from", "yesterday", "--to", "2026-01-31"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("'yesterday' is no time: write 2026-01-31T10:00:00Z, 2026-01-31 or seconds");
    }

    @Test
    void theVersionsArePrinted() {
        assertThat(run("version")).isZero();
        assertThat(out.toString()).startsWith("promgres ").contains("Java " + Runtime.version());
    }

    private int run(String... arguments) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
