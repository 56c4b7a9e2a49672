package io.promgres;

import static io.promgres.testing.Credentials.tokenFile;
import static io.promgres.testing.Credentials.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;

import io.netty.pkitesting.CertificateBuilder;
import io.promgres.remoteread.PrometheusServer;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.Programs;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestCertificates;
import io.promgres.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start says that listens on all addresses, with TLS, users or tokens; a real Prometheus gets what it says to paste. */
@AnyServer
class GreetingIT {

    private static final String TLS = "tls_server_config: {cert_file: server.pem, key_file: server.key}\n";

    @TempDir
    private Path directory;

    private TestCertificates certificates;
    private TestDatabase database;
    private RunningDaemon daemon;
    private PrometheusServer prometheus;

    @BeforeEach
    void prepare() throws Exception {
        certificates = new TestCertificates("authority");
        database = TestDatabase.migrated();
    }

    @AfterEach
    void stop() throws Exception {
        if (prometheus != null) {
            prometheus.close();
        }
        if (daemon != null) {
            daemon.close();
        }
        database.close();
    }

    @Test
    void onAllAddressesItNamesOneToConnectToAndSaysThatThereAreOthers() throws Exception {
        listen("0.0.0.0:0", "insecure", "true");

        assertThat(block()).isEqualTo("""
                remote_write:
                  - url: http://127.0.0.1:%d/api/v1/write""".formatted(daemon.port()));
        assertThat(daemon.greeting())
                .contains(" listens on http://127.0.0.1:" + daemon.port()
                        + " and on every address of this machine: senders on others put its name there\n");
    }

    @Test
    void withTlsAndUsersThePastedBlockWritesOnceItsFilesAreThere() throws Exception {
        TestCertificates.write(directory, "server", certificates.server("promgres"));
        Files.writeString(directory.resolve("ca.pem"), certificates.pem());
        Files.writeString(directory.resolve("promgres.password"), "secret");
        listen("0.0.0.0:0", "web.config-file", web(TLS + "basic_auth_users:\n" + user("it's", "secret")));

        assertThat(block()).isEqualTo("""
                remote_write:
                  - url: https://127.0.0.1:%d/api/v1/write
                    basic_auth: {username: 'it''s', password_file: promgres.password}
                    tls_config: {ca_file: ca.pem}
                    # Files are relative to prometheus.yml; ca.pem is the authority of promgres' certificate""".formatted(daemon.port()));
        awaitSamplesOfAPrometheusWithTheBlock();
    }

    @Test
    void withATokenAndClientCertificatesThePastedBlockWritesToo() throws Exception {
        TestCertificates.write(directory, "server", certificates.server("promgres"));
        TestCertificates.write(directory, "client", certificates.client("prometheus"));
        Files.writeString(directory.resolve("ca.pem"), certificates.pem());
        Files.writeString(directory.resolve("promgres.token"), "5d0c7ae1b3");
        Files.writeString(directory.resolve("token.sha256"), tokenFile("5d0c7ae1b3"));
        listen("127.0.0.1:0", "web.config-file", web("""
                tls_server_config:
                  cert_file: server.pem
                  key_file: server.key
                  client_auth_type: RequireAndVerifyClientCert
                  client_ca_file: ca.pem
                promgres:
                  bearer_tokens: {shipper: token.sha256}
                """));

        assertThat(block())
                .contains("authorization: {credentials_file: promgres.token}")
                .contains("tls_config: {ca_file: ca.pem, cert_file: client.pem, key_file: client.key}");
        assertThat(daemon.greeting()).doesNotContain("every address");
        awaitSamplesOfAPrometheusWithTheBlock();
    }

    @Test
    void theNameIsOneThatTheCertificateIsFor() throws Exception {
        TestCertificates.write(
                directory,
                "server",
                certificates.server(
                        new CertificateBuilder().ecp256().addSanDnsName("metrics.example.org"), "promgres"));
        listen("0.0.0.0:0", "insecure", "true", "web.config-file", web(TLS));

        assertThat(block()).contains("url: https://metrics.example.org:" + daemon.port() + "/api/v1/write");
    }

    private String web(String text) throws Exception {
        return Files.writeString(directory.resolve("web.yml"), text).toString();
    }

    private void listen(String address, String... settings) throws Exception {
        String[] all = new String[settings.length + 2];
        all[0] = "listen";
        all[1] = address;
        System.arraycopy(settings, 0, all, 2, settings.length);
        daemon = RunningDaemon.on(database, all);
    }

    private String block() {
        String greeting = daemon.greeting();
        return greeting.substring(greeting.indexOf("    remote_write:"), greeting.indexOf("SQL:"))
                .stripTrailing()
                .stripIndent();
    }

    private void awaitSamplesOfAPrometheusWithTheBlock() throws Exception {
        Programs.require("prometheus");
        // What cannot be scraped gives a sample, too: up, which is 0.
        prometheus = PrometheusServer.start(directory, """
                global: {scrape_interval: 1s}
                scrape_configs:
                  - job_name: absent
                    static_configs: [{targets: ['127.0.0.1:%d']}]
                """.formatted(Programs.freePort()) + block() + "\n");
        Await.until("a sample", () -> {
            assertThat(prometheus.isAlive())
                    .as(() -> contentOf(directory.resolve("log").toFile()))
                    .isTrue();
            return daemon.value("SELECT to_regclass('prom_metric.up') IS NOT NULL")
                            .equals("t")
                    && !daemon.value("SELECT count(*) FROM prom_metric.up").equals("0");
        });
    }
}
