package io.promgres.access;

import io.promgres.config.ConfigException;
import io.promgres.config.YamlNode;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/** Reads tls_server_config, and the certificates that it names. */
final class TlsSection {

    private static final Set<String> KEYS = Set.of(
            "cert_file",
            "key_file",
            "client_auth_type",
            "client_ca_file",
            "client_allowed_sans",
            "min_version",
            "max_version",
            "cipher_suites",
            "prefer_server_cipher_suites");

    /** Go's names of versions, and Java's, from the oldest. */
    private static final List<String> VERSIONS = List.of("TLS12", "TLS13");

    private static final List<String> PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");

    /** The only names of cipher suites in which Go differs from IANA, and so from Java. */
    private static final String GO_SHORT = "_WITH_CHACHA20_POLY1305";

    private final YamlNode node;
    private final Map<String, YamlNode> keys;
    private final Function<YamlNode, Path> files;

    /** @param files finds the file that a value names */
    TlsSection(YamlNode node, Function<YamlNode, Path> files) {
        this.node = node;
        this.keys = node.mapping(KEYS);
        this.files = files;
    }

    /** @throws ConfigException something is wrong with it, or with a file that it names */
    TlsSettings read() {
        List<X509Certificate> certificates = pem("cert_file").certificates();
        PrivateKey key = pem("key_file").privateKey();
        if (!PemFile.fit(certificates.get(0), key)) {
            throw keys.get("key_file").wrong("key_file is not the key of the first certificate of cert_file");
        }
        ClientCertificates clients = clients();
        return new TlsSettings(
                certificates,
                key,
                clients,
                authorities(clients),
                allowedNames(clients),
                protocols(),
                cipherSuites(),
                serverPrefers());
    }

    private PemFile pem(String key) {
        YamlNode file = keys.get(key);
        if (file == null) {
            throw node.wrong("tls_server_config needs " + key);
        }
        return new PemFile(file.where() + ": " + key, files.apply(file));
    }

    private ClientCertificates clients() {
        YamlNode type = keys.get("client_auth_type");
        if (type == null) {
            return ClientCertificates.NO_CLIENT_CERT;
        }
        return Arrays.stream(ClientCertificates.values())
                .filter(one -> one.word().equals(type.text()))
                .findFirst()
                .orElseThrow(() -> type.wrong("client_auth_type is one of "
                        + Arrays.stream(ClientCertificates.values())
                                .map(ClientCertificates::word)
                                .collect(Collectors.joining(", "))));
    }

    private List<X509Certificate> authorities(ClientCertificates clients) {
        YamlNode file = keys.get("client_ca_file");
        if (clients.isVerified()) {
            return pem("client_ca_file").certificates();
        }
        if (file != null) {
            throw file.wrong("client_ca_file has no effect with client_auth_type " + clients.word()
                    + "; write RequireAndVerifyClientCert");
        }
        return List.of();
    }

    private Optional<Set<String>> allowedNames(ClientCertificates clients) {
        YamlNode names = keys.get("client_allowed_sans");
        if (names == null) {
            return Optional.empty();
        }
        if (!clients.isVerified()) {
            throw names.wrong("client_allowed_sans needs a client_auth_type that verifies; with " + clients.word()
                    + " a client could give itself any name");
        }
        Set<String> allowed = names.list().stream().map(YamlNode::text).collect(Collectors.toSet());
        if (allowed.isEmpty()) {
            throw names.wrong("client_allowed_sans is empty; leave it out, or name a client");
        }
        return Optional.of(allowed);
    }

    private List<String> protocols() {
        int least = version("min_version", 0);
        int most = version("max_version", VERSIONS.size() - 1);
        if (least > most) {
            throw keys.get("min_version").wrong("min_version is above max_version");
        }
        return PROTOCOLS.subList(least, most + 1);
    }

    private int version(String key, int absent) {
        YamlNode version = keys.get(key);
        if (version == null) {
            return absent;
        }
        int index = VERSIONS.indexOf(version.text());
        if (index < 0) {
            throw version.wrong(key + " is TLS12 or TLS13; older versions are not safe, and not supported");
        }
        return index;
    }

    private List<String> cipherSuites() {
        YamlNode list = keys.get("cipher_suites");
        return list == null
                ? List.of()
                : list.list().stream().map(TlsSection::cipherSuite).toList();
    }

    private static String cipherSuite(YamlNode node) {
        String name = node.text().endsWith(GO_SHORT) ? node.text() + "_SHA256" : node.text();
        if (!Arrays.asList(enabledCipherSuites()).contains(name)) {
            throw node.wrong("cipher suite " + node.text() + " is not one that this Java offers");
        }
        return name;
    }

    private static String[] enabledCipherSuites() {
        try {
            return SSLContext.getDefault().getDefaultSSLParameters().getCipherSuites();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }

    private boolean serverPrefers() {
        YamlNode prefers = keys.get("prefer_server_cipher_suites");
        return prefers == null || WebConfigFile.bool(prefers);
    }
}
