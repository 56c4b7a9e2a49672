package io.promgres.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say of themselves, for shells and for man. */
class HelpFilesTest {

    @TempDir
    private Path directory;

    private static String printed(String command) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), command);
        assertThat(code).as(err.toString()).isZero();
        return out.toString();
    }

    private String bash(String script) throws Exception {
        Path file = Files.writeString(directory.resolve("completion"), printed("completion"));
        Process process = new ProcessBuilder("bash", "-c", "source " + file + "\n" + script)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return said;
    }

    @Test
    void bashCompletesCommandsAndTheirOptions() throws Exception {
        String complete = "_complete_promgres; echo \"${COMPREPLY[@]}\"";
        assertThat(bash("COMP_WORDS=(promgres mig) COMP_CWORD=1; " + complete).split("\\s+"))
                .containsExactly("migrate");
        assertThat(bash("COMP_WORDS=(promgres migrate --d) COMP_CWORD=2; " + complete)
                        .split("\\s+"))
                .contains("--db", "--data-dir", "--dry-run");
        assertThat(bash("complete -p promgres")).contains("_complete_promgres");
    }

    @Test
    void theManualHasEveryCommandAndOption() {
        String manual = printed("man-page");
        assertThat(manual)
                .startsWith(".TH PROMGRES 1\n.SH NAME\n")
                .contains(
                        ".SS \"promgres migrate\"",
                        "\\fB\\-\\-dry\\-run\\fR",
                        "\\fB\\-\\-migrate\\fR, \\fB\\-\\-no\\-migrate\\fR")
                .contains(".SS \"promgres energy rebuild\"", ".SH EXIT STATUS", "PROMGRES_INGEST_WORKERS")
                .doesNotContain("man\\-page", "%n", "@|");
        // A line that begins with a dot or an apostrophe is a request: only those that are meant.
        assertThat(manual.lines().filter(line -> line.startsWith(".") || line.startsWith("'")))
                .allMatch(line -> line.matches("\\.(TH|SH|SS|TP|B|BR|I)( .*)?"));
    }
}
