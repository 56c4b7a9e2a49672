package io.promgres.access;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

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

    // Kinds of GeneralName (RFC 5280, 4.2.1.6).
    private static final Integer DNS_NAME = 2;
    private static final Integer IP_ADDRESS = 7;

    /** The names and addresses that the server's certificate is for, in its order; without wildcards. */
    public List<String> names() {
        try {
            Collection<List<?>> names = certificates.get(0).getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name ->
                                    name.get(0).equals(DNS_NAME) || name.get(0).equals(IP_ADDRESS))
                            .map(name -> (String) name.get(1))
                            .filter(name -> !name.startsWith("*"))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    /** Whether clients trust the server's certificate without being told to, as far as Java's list of authorities says. */
    public boolean isSignedByAKnownAuthority() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            X509TrustManager known = (X509TrustManager) factory.getTrustManagers()[0];
            known.checkServerTrusted(certificates.toArray(X509Certificate[]::new), "UNKNOWN");
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "TLS " + protocols + ", " + clients.word();
    }
}
