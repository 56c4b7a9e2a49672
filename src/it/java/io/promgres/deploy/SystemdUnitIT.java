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
        // systemd looks whether the command is there, which the package installs.
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path unit = Files.writeString(
                directory.resolve("promgres.service"), Files.readString(UNIT).replace("/usr/bin/promgres", java));
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
        assertThat(lines())
                .contains(
                        "ExecStart=/usr/bin/promgres serve --config /etc/promgres/promgres.yaml",
                        "ExecStartPost=-/usr/bin/promgres health --config /etc/promgres/promgres.yaml --wait 5m --pid $MAINPID");
    }

    @Test
    void theDataIsInTheDirectoryThatSystemdMakes() throws IOException {
        assertThat(lines()).contains("StateDirectory=promgres", "WorkingDirectory=/var/lib/promgres");
    }
}
