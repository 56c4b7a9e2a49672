package io.promgres.access;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the web config file says.
 *
 * @param authenticator who may do what
 * @param tls empty for plain HTTP
 * @param headers that every response gets
 * @param files that were read, the file itself first
 */
public record WebConfig(
        Authenticator authenticator, Optional<TlsSettings> tls, Map<String, String> headers, List<Path> files) {

    /** Without a file: no authentication, no encryption. */
    public static WebConfig open() {
        return new WebConfig(Authenticator.open(), Optional.empty(), Map.of(), List.of());
    }

    /** Whether strangers are turned away: by users and tokens, or because their certificate is not signed. */
    public boolean knowsItsClients() {
        return authenticator.authenticates()
                || tls.map(TlsSettings::clients)
                        .filter(ClientCertificates.REQUIRE_AND_VERIFY_CLIENT_CERT::equals)
                        .isPresent();
    }
}
