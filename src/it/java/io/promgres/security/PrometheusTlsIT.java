package io.promgres.security;

import static io.promgres.testing.Credentials.tokenFile;
import static io.promgres.testing.Credentials.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;

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

/**
 * A real Prometheus writes over TLS with a client certificate: once as a user and once with a token, and scrapes promgres
 * itself; the server's certificate changes meanwhile.
 */
@AnyServer
class PrometheusTlsIT {

    @TempDir
    private Path directory;

    private TestCertificates certificates;
    private TestDatabase database;
    private RunningDaemon daemon;
    private PrometheusServer prometheus;

    @BeforeEach
    void start() throws Exception {
        Programs.require("prometheus");
        certificates = new TestCertificates("authority");
        Files.writeString(directory.resolve("ca.pem"), certificates.pem());
        TestCertificates.write(directory, "server", certificates.server("first"));
        TestCertificates.write(directory, "client", certificates.client("prometheus"));
        Files.writeString(directory.resolve("token.sha256"), tokenFile("5d0c7ae1b3"));
        database = TestDatabase.migrated();
        daemon = RunningDaemon.on(database, "web.config-file", webConfig().toString());
        prometheus = prometheus();
    }

    private Path webConfig() throws Exception {
        return Files.writeString(directory.resolve("web.yml"), """
                tls_server_config:
                  cert_file: server.pem
                  key_file: server.key
                  client_auth_type: RequireAndVerifyClientCert
                  client_ca_file: ca.pem
                basic_auth_users:
                %spromgres:
                  bearer_tokens: {shipper: token.sha256}
                  allow:
                    write: [prometheus, shipper]
                """.formatted(user("prometheus", "secret")));
    }

    private PrometheusServer prometheus() throws Exception {
        return PrometheusServer.start(directory, """
                global:
                  scrape_interval: 1s
                scrape_configs:
                  - job_name: promgres
                    scheme: https
                    basic_auth: {username: prometheus, password: secret}
                    tls_config: &tls {ca_file: ca.pem, cert_file: client.pem, key_file: client.key}
                    static_configs: [{targets: ['127.0.0.1:%1$d']}]
                remote_write:
                  - url: https://127.0.0.1:%1$d/api/v1/write
                    name: user
                    basic_auth: {username: prometheus, password: secret}
                    tls_config: *tls
                    write_relabel_configs: [{target_label: writer, replacement: user}]
                  - url: https://127.0.0.1:%1$d/api/v1/write
                    name: token
                    authorization: {credentials: 5d0c7ae1b3}
                    tls_config: *tls
                    write_relabel_configs: [{target_label: writer, replacement: token}]
                  - url: https://127.0.0.1:%1$d/api/v1/write
                    name: stranger
                    basic_auth: {username: prometheus, password: guess}
                    tls_config: *tls
                    write_relabel_configs: [{target_label: writer, replacement: stranger}]
                """.formatted(daemon.port()));
    }

    private Path log() {
        return directory.resolve("log");
    }

    @AfterEach
    void stop() throws Exception {
        if (prometheus != null) {
            prometheus.close();
        }
        if (daemon != null) {
            daemon.close();
            database.close();
        }
    }

    @Test
    void aUserAndATokenWriteOverTlsAlsoAfterTheCertificateHasChanged() throws Exception {
        awaitSamples("user", 3);
        awaitSamples("token", 3);

        TestCertificates.write(directory, "server", certificates.server("second"));
        long before = samples("user");
        awaitSamples("user", before + 10);

        assertThat(samples("stranger")).isZero();
        assertThat(contentOf(log().toFile())).contains("401 Unauthorized");
    }

    private void awaitSamples(String writer, long number) throws Exception {
        Await.until("%d samples of %s".formatted(number, writer), () -> {
            assertThat(prometheus.isAlive()).as(() -> contentOf(log().toFile())).isTrue();
            return samples(writer) >= number;
        });
    }

    private long samples(String writer) throws Exception {
        if (daemon.value("SELECT to_regclass('prom_metric.up') IS NULL").equals("t")) {
            return 0;
        }
        return Long.parseLong(daemon.value(
                "SELECT count(*) FROM prom_metric.up WHERE value = 1 AND jsonb(labels) ->> 'writer' = ?", writer));
    }
}
