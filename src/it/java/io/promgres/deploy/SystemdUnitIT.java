package io.promgres.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.Main;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestCertificates;
import io.promgres.testing.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit of deploy/systemd, looked at by systemd itself, which need not run for it. */
@AnyServer
class SystemdUnitIT {

    private static final Path UNIT = Path.of("deploy/systemd/promgres.service");

    private static final Path TLS = Path.of("deploy/systemd/tls.conf");

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
    void systemdTakesTheCredentialsOfTlsAndFindsWhatIsMisspelt(@TempDir Path directory) throws Exception {
        Programs.require("systemd-analyze");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path unit = Files.writeString(
                directory.resolve("promgres.service"), Files.readString(UNIT).replace("/usr/bin/promgres", java));
        Path dropIn =
                Files.createDirectory(directory.resolve("promgres.service.d")).resolve("tls.conf");
        Files.copy(TLS, dropIn);
        Programs.Ended verify = Programs.run("systemd-analyze", "verify", "--man=no", unit.toString());
        assertThat(verify.said()).isEmpty();
        assertThat(verify.code()).isZero();

        Files.writeString(
                dropIn, Files.readString(TLS).replace("LoadCredential=server.key", "LoadCredentials=server.key"));
        assertThat(Programs.run("systemd-analyze", "verify", "--man=no", unit.toString())
                        .said())
                .contains("LoadCredentials");
    }

    /** What systemd does with credentials: copies in one directory, under the names of the drop-in, which %d stands for. */
    @Test
    void theServiceSpeaksTlsWithItsCredentialsAndItsHealthCheckTrustsThem(@TempDir Path directory) throws Exception {
        TestCertificates authority = new TestCertificates("authority");
        TestCertificates.write(directory, "server", authority.server("metrics.example.org"));
        Files.writeString(directory.resolve("web.yml"), """
                tls_server_config: {cert_file: server.pem, key_file: server.key}
                """);
        for (Path file : List.of(Path.of("web.yml"), Path.of("server.pem"), Path.of("server.key"))) {
            assertThat(Files.readString(TLS)).contains("\nLoadCredential=" + file + ":/etc/promgres/" + file + "\n");
        }
        String web = Files.readString(TLS)
                .lines()
                .filter(line -> line.startsWith("Environment=PROMGRES_WEB_CONFIG_FILE="))
                .map(line -> line.substring(line.lastIndexOf('=') + 1).replace("%d", directory.toString()))
                .findFirst()
                .orElseThrow();
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database, "web.config-file", web)) {
            StringWriter said = new StringWriter();
            int code = Main.run(
                    new PrintWriter(said, true),
                    new PrintWriter(said, true),
                    "health",
                    "--listen",
                    "127.0.0.1:" + daemon.port(),
                    "--web.config-file",
                    web);
            assertThat(code).as(said.toString()).isZero();
        }
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
