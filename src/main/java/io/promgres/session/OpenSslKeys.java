package io.promgres.session;

import io.promgres.access.PemFile;
import io.promgres.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.SslMode;
import org.postgresql.ssl.NonValidatingFactory;
import org.postgresql.ssl.WrappedFactory;
import org.postgresql.util.PSQLException;

/**
 * TLS with a client key in one of OpenSSL's older forms, PKCS #1 or SEC 1, which psql reads and pgjdbc does not. Everything
 * else is as pgjdbc does it. The driver makes it, so it is public.
 */
public final class OpenSslKeys extends WrappedFactory {

    private static final List<String> FORMS =
            List.of("-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN EC PRIVATE KEY-----");
    // Of a key store that is never written.
    private static final char[] PASSWORD = {};

    /** @param properties of the connection, by pgjdbc's names */
    public OpenSslKeys(Properties properties) throws GeneralSecurityException, IOException, PSQLException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(key(properties), trust(properties), null);
        factory = context.getSocketFactory();
    }

    /** The properties as they are, or with this class for TLS where it is needed: the key may be another one each time. */
    static Properties takenBy(Properties properties) {
        String key = PGProperty.SSL_KEY.getOrNull(properties);
        if (key == null || !isOld(Path.of(key))) {
            return properties;
        }
        Properties ours = new Properties();
        ours.putAll(properties);
        PGProperty.SSL_FACTORY.set(ours, OpenSslKeys.class.getName());
        return ours;
    }

    private static boolean isOld(Path key) {
        try {
            String text = Files.readString(key, StandardCharsets.ISO_8859_1);
            return FORMS.stream().anyMatch(text::contains);
        } catch (IOException e) {
            // The driver says that it cannot be read.
            return false;
        }
    }

    private static KeyManager[] key(Properties properties) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        store.setKeyEntry(
                "client",
                pem("sslkey", PGProperty.SSL_KEY, properties).privateKey(),
                PASSWORD,
                pem("sslcert", PGProperty.SSL_CERT, properties).certificates().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        return keys.getKeyManagers();
    }

    private static TrustManager[] trust(Properties properties)
            throws GeneralSecurityException, IOException, PSQLException {
        if (!SslMode.of(properties).verifyCertificate()) {
            return new TrustManager[] {new NonValidatingFactory.NonValidatingTM()};
        }
        KeyStore store = empty();
        for (X509Certificate authority :
                pem("sslrootcert", PGProperty.SSL_ROOT_CERT, properties).certificates()) {
            store.setCertificateEntry(
                    authority.getSerialNumber()
                            + authority.getSubjectX500Principal().getName(),
                    authority);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        return trust.getTrustManagers();
    }

    private static PemFile pem(String name, PGProperty property, Properties properties) {
        String file = property.getOrNull(properties);
        if (file == null) {
            throw new ConfigException("with an sslkey in OpenSSL's older form the URI has to name " + name);
        }
        return new PemFile(name, Path.of(file));
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        return store;
    }
}
