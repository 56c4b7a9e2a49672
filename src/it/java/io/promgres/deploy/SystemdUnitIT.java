package io.promgres.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit of deploy/systemd, looked at by systemd itself, which need not run for it. */
@AnyServer
class SystemdUnitIT {

    private static final Path UNIT = Path.of("deploy/systemd/promgres.service");

    // Of 100; below 20 systemd calls a unit OK.
    private static final int MOST_EXPOSED = 20;

    private static List<String> lines() throws IOException {
        return Files.readAllLines(UNIT);
    }

    @Test
    void systemdTakesTheUnit(@TempDir Path directory) throws Exception {
        Programs.require("systemd-analyze");
        // Only the path of Java is of the machine that it is installed on.
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path unit = Files.writeString(
                directory.resolve("promgres.service"), Files.readString(UNIT).replace("/usr/bin/java", java));
        Programs.Ended verify = Programs.run("systemd-analyze", "verify", "--man=no", unit.toString());
        assertThat(verify.said()).isEmpty();
        assertThat(verify.code()).isZero();
    }

    @Test
    void theSandboxLeavesLittleOpen() throws Exception {
        Programs.require("systemd-analyze");
        Programs.Ended security = Programs.run(
                "systemd-analyze",
                "security",
                "--no-pager",
                "--offline=true",
                "--threshold=" + MOST_EXPOSED,
                UNIT.toString());
        assertThat(security.code()).as(security.said()).isZero();
    }

    @Test
    void aServiceThatHasStartedIsReady() throws IOException {
        assertThat(lines()).anyMatch(line -> line.matches("ExecStart=\\S+ -jar \\S+/promgres.jar serve"));
        assertThat(lines())
                .anyMatch(line -> line.matches("ExecStartPost=\\S+ -jar \\S+/promgres.jar health --wait \\d+m"));
    }

    @Test
    void theDataIsInTheDirectoryThatSystemdMakes() throws IOException {
        assertThat(lines()).contains("StateDirectory=promgres", "Environment=PROMGRES_DATA_DIR=/var/lib/promgres");
    }
}
