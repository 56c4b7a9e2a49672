package io.promgres.cli;

import io.promgres.access.TlsSettings;
import io.promgres.access.WebConfigFile;
import io.promgres.config.Config;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS to the daemon on this machine: its very certificate, which its web config file names, is what is trusted, whatever names
 * and authorities it has.
 */
final class LocalTls {

    private static final char[] PASSWORD = {};

    private LocalTls() {}

    /**
     * @param pair what the client shows, if it has something of its own; else it shows the daemon's certificate
     * @return empty if the daemon speaks plain HTTP
     */
    static Optional<SSLContext> of(Config config, Optional<Pair> pair) {
        return config.web()
                .configFile()
                .flatMap(file -> WebConfigFile.read(file).tls())
                .map(tls -> context(tls, pair.orElseGet(() -> new Pair(tls.certificates(), tls.key()))));
    }

    /** A certificate with those that have signed it, and its key. */
    record Pair(List<X509Certificate> certificates, PrivateKey key) {}

    private static SSLContext context(TlsSettings daemon, Pair client) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    keys(client),
                    new TrustManager[] {new Only(daemon.certificates().get(0))},
                    null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyManager[] keys(Pair client) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        store.setKeyEntry("own", client.key(), PASSWORD, client.certificates().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        return keys.getKeyManagers();
    }

    /** Trusts one certificate. Java checks names only where the manager is not an extended one. */
    private static final class Only extends X509ExtendedTrustManager {

        private final X509Certificate trusted;

        Only(X509Certificate trusted) {
            this.trusted = trusted;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            if (!chain[0].equals(trusted)) {
                throw new CertificateException(
                        "what listens there does not show the certificate of the web config file");
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
