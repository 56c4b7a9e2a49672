package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.promgres.config.DatabaseUri;
import io.promgres.session.SessionFailure;
import io.promgres.session.SessionSettings;
import io.promgres.session.SessionSource;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.OwnServer;
import io.promgres.testing.Programs;
import io.promgres.testing.Sql;
import io.promgres.testing.TestCertificates;
import io.promgres.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that asks clients for a certificate, and keys in every form that psql takes. */
@AnyServer
class ClientKeysIT {

    @TempDir
    private Path directory;

    @Test
    void keysOfOpensslsOlderFormsAreTakenAndACertificateThatHasExpiredIsNamed() throws Exception {
        Programs.require("openssl");
        TestCertificates authority = new TestCertificates("authority");
        Files.writeString(directory.resolve("ca.pem"), authority.pem());
        try (OwnServer server = new OwnServer(OwnServer.directory(directory, "server"), Map.of());
                Connection superuser = TestDatabase.connect(server.superuser())) {
            show(server, superuser, authority.server(new CertificateBuilder().ecp256(), "server"));
            Sql.execute(superuser, "CREATE ROLE app LOGIN");

            TestCertificates.write(directory, "sec1", authority.client("app"));
            convert("ec", "sec1");
            X509Bundle rsa = authority.rsaClient("app");
            TestCertificates.write(directory, "pkcs1", rsa);
            convert("rsa", "pkcs1", "-traditional");
            assertThat(Files.readString(directory.resolve("sec1.key"))).contains("BEGIN EC PRIVATE KEY");
            for (String form : new String[] {"sec1", "pkcs1"}) {
                Files.setPosixFilePermissions(
                        directory.resolve(form + ".key"), PosixFilePermissions.fromString("rw-------"));
                assertThat(user(server, form, "ca.pem")).isEqualTo("app");
            }
            TestCertificates stranger = new TestCertificates("stranger");
            Files.writeString(directory.resolve("other.pem"), stranger.pem());
            assertThatThrownBy(() -> user(server, "sec1", "other.pem")).isInstanceOf(SQLException.class);

            show(
                    server,
                    superuser,
                    authority.server(
                            new CertificateBuilder()
                                    .ecp256()
                                    .notBefore(Instant.now().minus(Duration.ofDays(9)))
                                    .notAfter(Instant.now().minus(Duration.ofDays(1))),
                            "server"));
            // The server shows it to new sessions as soon as it has read its settings again.
            Await.until(
                    "the certificate that has expired is named",
                    () -> failure(server, "sec1", "ca.pem").contains("NotAfter"));
        }
    }

    /** Has the server show a certificate, and let in only clients that have one of the same authority. */
    private void show(OwnServer server, Connection superuser, X509Bundle certificate) throws Exception {
        Path cluster = Path.of(Sql.value(superuser, "SHOW data_directory"));
        TestCertificates.write(cluster, "own", certificate);
        Files.writeString(cluster.resolve("ca.pem"), Files.readString(directory.resolve("ca.pem")));
        for (String file : new String[] {"own.pem", "own.key", "ca.pem"}) {
            Files.setOwner(cluster.resolve(file), server.owner());
            Files.setPosixFilePermissions(cluster.resolve(file), PosixFilePermissions.fromString("rw-------"));
        }
        Files.writeString(Path.of(Sql.value(superuser, "SHOW hba_file")), """
                host all postgres 127.0.0.1/32 trust
                hostssl all app 127.0.0.1/32 cert
                """);
        for (String setting : new String[] {
            "ssl_cert_file = 'own.pem'", "ssl_key_file = 'own.key'", "ssl_ca_file = 'ca.pem'", "ssl = on"
        }) {
            Sql.execute(superuser, "ALTER SYSTEM SET " + setting);
        }
        Sql.rows(superuser, "SELECT pg_reload_conf()");
        Await.until(
                "the settings are in force",
                () -> Sql.value(superuser, "SHOW ssl").equals("on"));
    }

    /** Why there is no session; empty if there is one. */
    private String failure(OwnServer server, String form, String authority) {
        try {
            user(server, form, authority);
            return "";
        } catch (SQLException e) {
            return SessionFailure.reason(e);
        }
    }

    private String user(OwnServer server, String form, String authority) throws SQLException {
        DatabaseUri uri = new DatabaseUri(
                server.uri().hosts(),
                server.uri().database(),
                "app",
                Optional.empty(),
                Map.of(
                        "sslmode", "verify-full",
                        "sslrootcert", directory.resolve(authority).toString(),
                        "sslcert", directory.resolve(form + ".pem").toString(),
                        "sslkey", directory.resolve(form + ".key").toString()));
        try (Connection session = new SessionSource(uri, new Properties(), SessionSettings.WRITE).getConnection()) {
            return Sql.value(session, "SELECT current_user");
        }
    }

    /** Into PKCS #1 and SEC 1. */
    private void convert(String kind, String name, String... options) throws Exception {
        String key = directory.resolve(name + ".key").toString();
        String[] line = new String[5 + options.length];
        System.arraycopy(new String[] {kind, "-in", key, "-out", key}, 0, line, 0, 5);
        System.arraycopy(options, 0, line, 5, options.length);
        Programs.Ended ended = Programs.run("openssl", line);
        assertThat(ended.code()).as(ended.said()).isZero();
    }
}
