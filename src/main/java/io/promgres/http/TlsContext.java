package io.promgres.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.promgres.access.ClientCertificates;
import io.promgres.access.TlsSettings;
import io.promgres.config.ConfigException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** TLS by Java's own implementation, with one certificate. Thread-safe. */
final class TlsContext {

    /** Of TLS 1.3, which has no others; only those of TLS 1.2 are a matter of configuration. */
    private static final List<String> TLS_13 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    private final SslContext context;
    private final boolean serverPrefers;

    /** @throws ConfigException Java cannot do what the settings say */
    TlsContext(TlsSettings settings) {
        serverPrefers = settings.serverPrefers();
        SslContextBuilder builder = SslContextBuilder.forServer(
                        settings.key(), settings.certificates().toArray(X509Certificate[]::new))
                .sslProvider(SslProvider.JDK)
                .protocols(settings.protocols())
                .clientAuth(clientAuth(settings.clients()));
        if (!settings.cipherSuites().isEmpty()) {
            List<String> suites = new ArrayList<>(TLS_13);
            suites.addAll(settings.cipherSuites());
            builder.ciphers(suites);
        }
        try {
            trust(settings, builder);
            context = builder.build();
        } catch (SSLException | GeneralSecurityException | IllegalArgumentException e) {
            throw new ConfigException("tls_server_config: " + e.getMessage());
        }
    }

    SslHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler = context.newHandler(allocator);
        SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setUseCipherSuitesOrder(serverPrefers);
        handler.engine().setSSLParameters(parameters);
        return handler;
    }

    private static void trust(TlsSettings settings, SslContextBuilder builder) throws GeneralSecurityException {
        if (settings.allowedNames().isPresent()) {
            builder.trustManager(new NamedClients(
                    settings.authorities(), settings.allowedNames().orElseThrow()));
        } else if (settings.clients().isVerified()) {
            builder.trustManager(settings.authorities().toArray(X509Certificate[]::new));
        } else if (settings.clients() != ClientCertificates.NO_CLIENT_CERT) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        }
    }

    private static ClientAuth clientAuth(ClientCertificates clients) {
        if (clients == ClientCertificates.NO_CLIENT_CERT) {
            return ClientAuth.NONE;
        }
        return clients.isRequired() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL;
    }
}
