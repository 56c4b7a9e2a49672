package io.promgres.http;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts clients whose certificate is signed by an authority and has one of some names among its subject alternative names:
 * host names, e-mail addresses, URIs and IP addresses, compared as they are written, addresses by what they mean. This is
 * client_allowed_sans of Prometheus. Thread-safe.
 */
final class NamedClients extends X509ExtendedTrustManager {

    // RFC 5280, 4.2.1.6: the choices of GeneralName.
    private static final Set<Integer> TEXTS = Set.of(1, 2, 6);
    private static final int IP_ADDRESS = 7;

    private final X509ExtendedTrustManager signed;
    private final Set<Object> allowed;

    /** @throws GeneralSecurityException Java cannot take the authorities */
    NamedClients(List<X509Certificate> authorities, Set<String> allowed) throws GeneralSecurityException {
        this.signed = trusting(authorities);
        this.allowed = allowed.stream().map(name -> address(name).orElse(name)).collect(Collectors.toUnmodifiableSet());
    }

    private static X509ExtendedTrustManager trusting(List<X509Certificate> authorities)
            throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        for (X509Certificate authority : authorities) {
            store.setCertificateEntry("authority " + store.size(), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("this Java has no trust manager for X.509"));
    }

    private void checkName(X509Certificate client) throws CertificateException {
        if (names(client).stream().noneMatch(this::isAllowed)) {
            throw new CertificateException("no subject alternative name of the client's certificate is allowed");
        }
    }

    private static Collection<List<?>> names(X509Certificate client) throws CertificateParsingException {
        return Optional.ofNullable(client.getSubjectAlternativeNames()).orElse(List.of());
    }

    private boolean isAllowed(List<?> name) {
        int kind = (Integer) name.get(0);
        if (kind == IP_ADDRESS) {
            return address((String) name.get(1)).filter(allowed::contains).isPresent();
        }
        return TEXTS.contains(kind) && allowed.contains(name.get(1));
    }

    // The same address can be written in several ways.
    private static Optional<Object> address(String text) {
        return Optional.ofNullable(NetUtil.createByteArrayFromIpAddressString(text))
                .map(ByteBuffer::wrap);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        signed.checkClientTrusted(chain, type);
        checkName(chain[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        signed.checkClientTrusted(chain, type, socket);
        checkName(chain[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        signed.checkClientTrusted(chain, type, engine);
        checkName(chain[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw noServer();
    }

    private static CertificateException noServer() {
        return new CertificateException("this is for clients");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return signed.getAcceptedIssuers();
    }
}
