package io.promgres.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** An authority, and what it has signed. */
public final class TestCertificates {

    private static final String ALIAS = "own";
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final X509Bundle authority;

    /** @param name of the authority */
    public TestCertificates(String name) throws Exception {
        authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    /** A certificate for 127.0.0.1 and localhost. */
    public X509Bundle server(String name) throws Exception {
        return server(new CertificateBuilder().ecp256(), name);
    }

    /** A certificate for 127.0.0.1 and localhost with the kind of key that the builder makes. */
    public X509Bundle server(CertificateBuilder builder, String name) throws Exception {
        return builder.subject("CN=" + name)
                .addSanIpAddress("127.0.0.1")
                .addSanDnsName("localhost")
                .addExtendedKeyUsageServerAuth()
                .buildIssuedBy(authority);
    }

    public X509Bundle client(String name) throws Exception {
        return client(new CertificateBuilder(), name);
    }

    /** A client's certificate with the subject alternative names that the builder has. */
    public X509Bundle client(CertificateBuilder builder, String name) throws Exception {
        return builder.ecp256()
                .subject("CN=" + name)
                .addExtendedKeyUsageClientAuth()
                .buildIssuedBy(authority);
    }

    /** As {@link #client(String)}, with an RSA key. */
    public X509Bundle rsaClient(String name) throws Exception {
        return new CertificateBuilder()
                .rsa2048()
                .subject("CN=" + name)
                .addExtendedKeyUsageClientAuth()
                .buildIssuedBy(authority);
    }

    /** Writes NAME.pem and NAME.key. */
    public static void write(Path directory, String name, X509Bundle bundle) throws Exception {
        Files.writeString(directory.resolve(name + ".pem"), bundle.getCertificatePathPEM());
        Files.writeString(directory.resolve(name + ".key"), bundle.getPrivateKeyPEM());
    }

    /** The authority's certificate. */
    public String pem() {
        return authority.getRootCertificatePEM();
    }

    /** A client that trusts the authority, with a certificate of its own or null. */
    public SSLContext context(X509Bundle own) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", authority.getCertificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore owned = KeyStore.getInstance("PKCS12");
        owned.load(null, null);
        if (own != null) {
            owned.setKeyEntry(ALIAS, own.getKeyPair().getPrivate(), PASSWORD, own.getCertificatePath());
        }
        keys.init(owned, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] shown = own == null
                ? null
                : new KeyManager[] {new Insisting((X509ExtendedKeyManager) keys.getKeyManagers()[0])};
        context.init(shown, trust.getTrustManagers(), null);
        return context;
    }

    /** Shows its certificate also to a server that has said that it would not take it. */
    private static final class Insisting extends X509ExtendedKeyManager {
        private final X509ExtendedKeyManager keys;

        Insisting(X509ExtendedKeyManager keys) {
            this.keys = keys;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return keys.getServerAliases(type, issuers);
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return keys.chooseServerAlias(type, issuers, socket);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return keys.getCertificateChain(alias);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return keys.getPrivateKey(alias);
        }
    }
}
