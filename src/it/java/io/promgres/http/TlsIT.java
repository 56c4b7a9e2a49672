package io.promgres.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.promgres.config.ConfigException;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.Programs;
import io.promgres.testing.TestCertificates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS, as clients see it that take it seriously. */
@AnyServer
class TlsIT {

    private static final int PATIENCE_MILLIS = 120_000;

    private static final String SERVER = """
            tls_server_config:
              cert_file: server.pem
              key_file: server.key
            """;

    @TempDir
    private Path directory;

    private TestCertificates certificates;
    private SSLContext client;
    private WebServer server;

    @BeforeEach
    void start() throws Exception {
        certificates = new TestCertificates("authority");
        Files.writeString(directory.resolve("ca.pem"), certificates.pem());
        TestCertificates.write(directory, "server", certificates.server("first"));
        client = certificates.context(null);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothVersionsAreSpoken(String version) throws Exception {
        server = WebServer.with(directory, SERVER);

        SSLSession session = exchange(client, version);

        assertThat(session.getProtocol()).isEqualTo(version);
    }

    @ParameterizedTest
    @CsvSource({"min_version: TLS13, TLSv1.2", "max_version: TLS12, TLSv1.3", "min_version: TLS12, TLSv1.1"})
    void aVersionThatIsNotWantedIsNot(String setting, String version) throws Exception {
        server = WebServer.with(directory, SERVER + "  " + setting + "\n");

        assertThatThrownBy(() -> exchange(client, version)).isInstanceOf(IOException.class);
        assertThat(server.receiver.bodies).isEmpty();
    }

    @Test
    void theCipherSuitesOfTls12AreTheOnesThatAreNamed() throws Exception {
        server = WebServer.with(directory, SERVER + "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305]\n");

        assertThat(exchange(client, "TLSv1.2").getCipherSuite())
                .isEqualTo("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
        assertThat(exchange(client, "TLSv1.3").getCipherSuite()).startsWith("TLS_AES_");
    }

    @ParameterizedTest
    @CsvSource({
        "NoClientCert, none, true",
        "RequestClientCert, none, true",
        "RequestClientCert, stranger, true",
        "RequireAnyClientCert, none, false",
        "RequireAnyClientCert, stranger, true",
        "VerifyClientCertIfGiven, none, true",
        "VerifyClientCertIfGiven, stranger, false",
        "VerifyClientCertIfGiven, known, true",
        "RequireAndVerifyClientCert, none, false",
        "RequireAndVerifyClientCert, stranger, false",
        "RequireAndVerifyClientCert, known, true",
    })
    void clientsShowWhatIsAskedOfThem(String type, String who, boolean welcome) throws Exception {
        boolean verifies = type.contains("Verify");
        server = WebServer.with(
                directory,
                SERVER + "  client_auth_type: " + type + "\n" + (verifies ? "  client_ca_file: ca.pem\n" : ""));
        SSLContext context = certificates.context(certificateOf(who));

        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            if (welcome) {
                exchange(context, version);
            } else {
                assertThatThrownBy(() -> exchange(context, version)).isInstanceOf(IOException.class);
            }
        }
        assertThat(server.access.authenticator().authenticates()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'[shipper.example.org]', true",
        "'[else.example.org, spiffe://example.org/shipper]', true",
        "'[shipper@example.org]', true",
        "'[192.0.2.7]', true",
        "'[\"2001:db8::7\"]', true",
        "'[example.org, \"*.example.org\", 192.0.2.8, shipper]', false",
    })
    void onlyClientsWithAnAllowedNameAreWelcome(String allowed, boolean welcome) throws Exception {
        server = WebServer.with(
                directory,
                SERVER + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"
                        + "  client_allowed_sans: " + allowed + "\n");
        SSLContext named = certificates.context(certificates.client(
                new CertificateBuilder()
                        .addSanDnsName("shipper.example.org")
                        .addSanRfc822Name("shipper@example.org")
                        .addSanUriName("spiffe://example.org/shipper")
                        .addSanIpAddress("192.0.2.7")
                        .addSanIpAddress("2001:db8:0:0:0:0:0:7"),
                "shipper"));
        SSLContext nameless = certificates.context(certificates.client("shipper.example.org"));

        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            if (welcome) {
                exchange(named, version);
            } else {
                assertThatThrownBy(() -> exchange(named, version)).isInstanceOf(IOException.class);
            }
            assertThatThrownBy(() -> exchange(nameless, version)).isInstanceOf(IOException.class);
        }
    }

    private X509Bundle certificateOf(String who) throws Exception {
        return switch (who) {
            case "known" -> certificates.client("known");
            case "stranger" -> new TestCertificates("another authority").client("stranger");
            default -> null;
        };
    }

    @Test
    void aNewCertificateIsServedToNewConnectionsWhileOldOnesGoOn() throws Exception {
        server = WebServer.with(directory, SERVER);
        try (SSLSocket open = connect(client, "TLSv1.3")) {
            open.startHandshake();
            TestCertificates.write(directory, "server", certificates.server("second"));
            assertThat(server.access.isOutOfDate()).isTrue();
            server.access.reload();

            assertThat(subject(exchange(client, "TLSv1.3"))).isEqualTo("CN=second");
            assertThat(subject(exchange(open))).isEqualTo("CN=first");
        }
    }

    @Test
    void aCertificateWithoutItsKeyIsRefusedAndTheOldOneServedOn() throws Exception {
        server = WebServer.with(directory, SERVER);
        Files.writeString(
                directory.resolve("server.pem"), certificates.server("second").getCertificatePathPEM());

        assertThatThrownBy(server.access::reload)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("web.yml:3: key_file is not the key of the first certificate of cert_file");
        assertThat(subject(exchange(client, "TLSv1.3"))).isEqualTo("CN=first");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            server.pem | ''               | cert_file: the file .*server.pem has no certificate in PEM form
            server.key | ''               | key_file: the file .*server.key has no private key in PEM form
            server.key | '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' | has a key that cannot be read
            server.key | '-----BEGIN EC PRIVATE KEY-----\nMAMCAQE=\n-----END EC PRIVATE KEY-----' | has a key that cannot be read
            server.key | '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----' | passphrase
            server.pem | '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' | has a certificate that cannot be read
            """)
    void aFileThatIsNotWhatItShouldBeStopsTheStart(String file, String content, String complaint) throws IOException {
        Files.writeString(directory.resolve(file), content);

        assertThatThrownBy(() -> WebServer.with(directory, SERVER))
                .isInstanceOf(ConfigException.class)
                .message()
                .containsPattern(complaint);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            client_auth_type: Maybe                         | client_auth_type is one of NoClientCert, RequestClientCert
            client_auth_type: RequireAndVerifyClientCert    | tls_server_config needs client_ca_file
            client_ca_file: ca.pem                          | client_ca_file has no effect with client_auth_type NoClientCert
            client_allowed_sans: [a.example.org]            | client_allowed_sans needs a client_auth_type that verifies
            min_version: TLS10                              | min_version is TLS12 or TLS13
            {min_version: TLS13, max_version: TLS12}        | expected
            cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]       | cipher suite TLS_RSA_WITH_RC4_128_SHA is not one
            curve_preferences: [X25519]                     | unknown key curve_preferences
            """)
    void aSettingThatCannotBeIsNamed(String setting, String complaint) {
        String config = setting.startsWith("{") ? "tls_server_config: [" + setting + "]\n" : SERVER + "  " + setting;

        assertThatThrownBy(() -> WebServer.with(directory, config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("web.yml:")
                .hasMessageContaining(complaint);
    }

    @Test
    void keysInTheFormsOfOpensslAreRead() throws Exception {
        Programs.require("openssl");
        X509Bundle rsa = certificates.server(new CertificateBuilder().rsa2048(), "rsa");
        TestCertificates.write(directory, "server", rsa);
        convert("rsa", "-traditional");
        server = WebServer.with(directory, SERVER);
        assertThat(subject(exchange(client, "TLSv1.3"))).isEqualTo("CN=rsa");

        TestCertificates.write(directory, "server", certificates.server("ec"));
        convert("ec");
        server.access.reload();
        assertThat(subject(exchange(client, "TLSv1.3"))).isEqualTo("CN=ec");
    }

    /** Into PKCS #1 and SEC 1, which openssl wrote before version 3. */
    private void convert(String kind, String... options) throws Exception {
        Path key = directory.resolve("server.key");
        List<String> line = new ArrayList<>(List.of(kind, "-in", key.toString(), "-out", key.toString()));
        line.addAll(List.of(options));
        Process openssl = Programs.start(directory.resolve("log"), "openssl", line.toArray(String[]::new));
        assertThat(openssl.waitFor()).isZero();
        assertThat(Files.readString(key)).contains(kind.equals("rsa") ? "BEGIN RSA PRIVATE" : "BEGIN EC PRIVATE");
    }

    @Test
    void whoDoesNotSpeakTlsIsCutOffAndLeavesNothing() throws Exception {
        server = WebServer.with(directory, SERVER);
        for (int i = 0; i < 20; i++) {
            try (RawClient garbage = server.connect()) {
                garbage.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100));
                // An alert may come before the end.
                assertThatThrownBy(() -> {
                            garbage.answer();
                        })
                        .isInstanceOf(Exception.class);
            }
        }
        exchange(client, "TLSv1.3");
        Await.until("no connection is left", () -> server.http.connections() == 0);
        assertThat(server.metric("promgres_http_tls_handshake_failures_total")).isEqualTo(20);
    }

    @Test
    void aClientThatDoesNotTrustTheServerEndsTheHandshake() throws Exception {
        server = WebServer.with(directory, SERVER);
        SSLContext distrusting = new TestCertificates("another authority").context(null);

        assertThatThrownBy(() -> exchange(distrusting, "TLSv1.3")).isInstanceOf(SSLException.class);
        Await.until("no connection is left", () -> server.http.connections() == 0);
    }

    @Test
    void aLargeBodyArrivesWholeAndALargeAnswerToo() throws Exception {
        server = WebServer.with(directory, SERVER);
        String body = "x".repeat(WebServer.BODY_LIMIT);
        try (SSLSocket socket = connect(client, "TLSv1.3")) {
            String answer = ask(
                    socket, "POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(answer).startsWith("HTTP/1.1 204");
            assertThat(server.receiver.bodies).containsExactly(body);
        }
    }

    private SSLSession exchange(SSLContext context, String version) throws IOException {
        try (SSLSocket socket = connect(context, version)) {
            return exchange(socket);
        }
    }

    private SSLSession exchange(SSLSocket socket) throws IOException {
        assertThat(ask(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 200");
        return socket.getSession();
    }

    private static String ask(SSLSocket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
        if (answer.length == 0) {
            throw new SSLException("closed without an answer");
        }
        return new String(answer, StandardCharsets.ISO_8859_1);
    }

    private SSLSocket connect(SSLContext context, String version) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        InetSocketAddress address = server.http.address();
        socket.connect(address);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setEnabledProtocols(new String[] {version});
        return socket;
    }

    private static String subject(SSLSession session) throws IOException {
        return ((X509Certificate) session.getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }
}
