package io.promgres.access;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How TLS is spoken.
 *
 * @param certificates of the server, its own first
 * @param key of the first certificate
 * @param clients what is asked of clients
 * @param authorities whose signature makes a client's certificate valid
 * @param allowedNames of which a client's certificate has to have one among its subject alternative names; empty: anyone
 * @param protocols of Java, such as TLSv1.3; not empty
 * @param cipherSuites for TLS 1.2, in order of preference; empty for Java's own choice
 * @param serverPrefers whether the server's order of cipher suites decides, not the client's
 */
public record TlsSettings(
        List<X509Certificate> certificates,
        PrivateKey key,
        ClientCertificates clients,
        List<X509Certificate> authorities,
        Optional<Set<String>> allowedNames,
        List<String> protocols,
        List<String> cipherSuites,
        boolean serverPrefers) {

    /** Without the key. */
    @Override
    public String toString() {
        return "TLS " + protocols + ", " + clients.word();
    }
}
