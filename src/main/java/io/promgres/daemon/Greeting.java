package io.promgres.daemon;

import io.promgres.access.ClientCertificates;
import io.promgres.access.RouteGroup;
import io.promgres.access.TlsSettings;
import io.promgres.access.WebConfig;
import io.promgres.config.HostPort;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a person has to know to use a daemon: its address, a remote_write block to paste, the psql command. The address is one
 * that a client can connect to and that the certificate is for; the block has what this daemon asks of senders.
 */
final class Greeting {

    private static final List<String> LOCAL = List.of("localhost", "127.0.0.1", "::1", "0:0:0:0:0:0:0:1");

    private final String host;
    private final InetSocketAddress address;
    private final WebConfig web;

    /**
     * @param host as the configuration has it
     * @param address what is listened on
     * @param web what is asked of clients
     */
    Greeting(String host, InetSocketAddress address, WebConfig web) {
        this.host = host;
        this.address = address;
        this.web = web;
    }

    /** @param psql the command that opens the database */
    String text(String psql) {
        String url = (web.tls().isPresent() ? "https://" : "http://") + new HostPort(name(), address.getPort());
        return """
                promgres %s listens on %s%s

                prometheus.yml:

                    remote_write:
                      - url: %s/api/v1/write
                %s
                SQL:

                    %s
                """.formatted(Version.current(), url, elsewhere(), url, demands(), psql);
    }

    /** The configured one, unless that is none to connect to or the certificate is for other names. */
    private String name() {
        String usual = isAny() ? loopback() : host;
        List<String> certified = web.tls().map(TlsSettings::names).orElse(List.of());
        if (certified.isEmpty() || !isAny() && certified.contains(host)) {
            return usual;
        }
        return certified.stream()
                .filter(one -> !LOCAL.contains(one))
                .findFirst()
                .orElse(certified.contains(usual) ? usual : certified.get(0));
    }

    private boolean isAny() {
        return address.getAddress().isAnyLocalAddress();
    }

    private String loopback() {
        return host.indexOf(':') < 0 ? "127.0.0.1" : "::1";
    }

    private String elsewhere() {
        return !isAny()
                ? ""
                : LOCAL.contains(name())
                        ? " and on every address of this machine: senders on others put its name there"
                        : " and on every address of this machine";
    }

    /** What a sender has to show and to trust; lines of the block. */
    private String demands() {
        List<String> lines = new ArrayList<>();
        web.authenticator()
                .userOf(RouteGroup.WRITE)
                .ifPresentOrElse(
                        user -> lines.add("basic_auth: {username: '" + user.replace("'", "''")
                                + "', password_file: promgres.password}"),
                        () -> web.authenticator()
                                .tokenOf(RouteGroup.WRITE)
                                .ifPresent(token -> lines.add("authorization: {credentials_file: promgres.token}")));
        tls().ifPresent(lines::add);
        if (!lines.isEmpty()) {
            lines.add("# Files are relative to prometheus.yml"
                    + (lines.toString().contains("ca_file")
                            ? "; ca.pem is the authority of promgres' certificate"
                            : ""));
        }
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append("        ").append(line).append('\n'));
        return text.toString();
    }

    private Optional<String> tls() {
        return web.tls().flatMap(tls -> {
            List<String> files = new ArrayList<>();
            if (!tls.isSignedByAKnownAuthority()) {
                files.add("ca_file: ca.pem");
            }
            if (tls.clients() != ClientCertificates.NO_CLIENT_CERT) {
                files.add("cert_file: client.pem");
                files.add("key_file: client.key");
            }
            return files.isEmpty() ? Optional.empty() : Optional.of("tls_config: {" + String.join(", ", files) + "}");
        });
    }
}
