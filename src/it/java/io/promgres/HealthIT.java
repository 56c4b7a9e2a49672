package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestCertificates;
import io.promgres.testing.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code promgres health}, which checks what has Java but no curl. */
@AnyServer
class HealthIT {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    @Test
    void aDaemonThatIsReadyIsExitCode0ByItsAddressAndByItsUrl() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database, "listen", "0.0.0.0:0", "insecure", "true")) {
            assertThat(run("health", "--listen", "0.0.0.0:" + daemon.port())).isZero();
            assertThat(run("health", "--url", "http://127.0.0.1:" + daemon.port() + "/"))
                    .isZero();
            assertThat(out.toString()).isEqualToNormalizingNewlines("ready\nready\n");
        }
    }

    @Test
    void whereNobodyListensIsExitCode1AndSaysWhere() throws Exception {
        int port = Programs.freePort();
        assertThat(run("health", "--listen", "127.0.0.1:" + port)).isEqualTo(1);
        assertThat(out.toString()).startsWith("no answer from http://127.0.0.1:" + port + "/-/ready");
    }

    @Test
    void whoWaitsIsAnsweredWhenTheDaemonIsThere() throws Exception {
        int port = Programs.freePort();
        CompletableFuture<Integer> health =
                CompletableFuture.supplyAsync(() -> run("health", "--listen", "127.0.0.1:" + port, "--wait", "10m"));
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database, "listen", "127.0.0.1:" + port)) {
            assertThat(health.join()).isZero();
            assertThat(daemon.port()).isEqualTo(port);
        }
    }

    @Test
    void aDaemonThatSpeaksTlsIsAskedAsItSpeaksWhateverNamesItsCertificateHas(@TempDir Path directory) throws Exception {
        TestCertificates.write(
                directory,
                "server",
                new CertificateBuilder()
                        .ecp256()
                        .subject("CN=metrics.example.org")
                        .addSanDnsName("metrics.example.org")
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned());
        String web = Files.writeString(directory.resolve("web.yml"), """
                tls_server_config:
                  cert_file: server.pem
                  key_file: server.key
                """).toString();
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database, "web.config-file", web)) {
            String address = "127.0.0.1:" + daemon.port();
            assertThat(run("health", "--listen", address, "--web.config-file", web))
                    .as(out.toString())
                    .isZero();
            assertThat(run("health", "--listen", address)).isEqualTo(1);
        }
    }

    @Test
    void aDaemonThatAsksForACertificateGetsTheOneThatIsNamed(@TempDir Path directory) throws Exception {
        TestCertificates certificates = new TestCertificates("authority");
        Files.writeString(directory.resolve("ca.pem"), certificates.pem());
        TestCertificates.write(directory, "server", certificates.server("first"));
        TestCertificates.write(directory, "probe", certificates.client("probe"));
        String web = Files.writeString(directory.resolve("web.yml"), """
                tls_server_config:
                  cert_file: server.pem
                  key_file: server.key
                  client_auth_type: RequireAndVerifyClientCert
                  client_ca_file: ca.pem
                """).toString();
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database, "web.config-file", web)) {
            String address = "127.0.0.1:" + daemon.port();
            assertThat(run(
                            "health",
                            "--listen",
                            address,
                            "--web.config-file",
                            web,
                            "--cert",
                            directory.resolve("probe.pem").toString(),
                            "--key",
                            directory.resolve("probe.key").toString()))
                    .as(out.toString())
                    .isZero();
        }
    }

    @Test
    void aWrongUrlAndAWrongWaitAreExitCode2AndNamed() {
        assertThat(run("health", "--url", "localhost:9201")).isEqualTo(2);
        assertThat(run("health", "--url", "http://127.0.0.1:1", "--wait", "long"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--url: \"localhost:9201\"", "--wait: \"long\" is not a duration");
    }

    @Test
    void whatDoesNotAnswerIsToldWithWhatToLookAt() throws Exception {
        assertThat(run("health", "--url", "127.0.0.1:9201")).isEqualTo(2);
        assertThat(err.toString()).contains("is not http://HOST:PORT or https://HOST:PORT");
        assertThat(run("health", "--url", "http://127.0.0.1:" + Programs.freePort()))
                .isEqualTo(1);
        assertThat(out.toString()).contains("connection refused; see that a daemon runs and listens there");
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database)) {
            assertThat(run("health", "--url", "https://127.0.0.1:" + daemon.port()))
                    .isEqualTo(1);
            assertThat(out.toString()).contains("it does not speak TLS; ask it with http://");
        }
    }
}
