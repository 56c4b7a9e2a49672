package io.promgres.session;

import io.promgres.config.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;

/** Tells the port of a web server, a frequent mistake in a database's URI, from one of PostgreSQL. */
final class HttpPort {

    private static final byte[] REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String ANSWER = "HTTP/";
    private static final int PATIENCE_MILLIS = 1_000;

    private HttpPort() {}

    /** What is to be said of a session that did not begin: that a host speaks HTTP, or the failure as it is. */
    static SQLException named(SQLException failure, List<HostPort> hosts) {
        if (failure.getSQLState() == null || !failure.getSQLState().startsWith(SqlState.CONNECTION_EXCEPTION)) {
            return failure;
        }
        return hosts.stream()
                .filter(HttpPort::speaksHttp)
                .findFirst()
                // Not caused by the failure, which says how the driver took the answer.
                .map(host -> new SQLException(
                        host + " speaks HTTP and not the protocol of PostgreSQL", SqlState.CONNECTION_REJECTED))
                .orElse(failure);
    }

    private static boolean speaksHttp(HostPort host) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(host.host(), host.port()), PATIENCE_MILLIS);
            socket.getOutputStream().write(REQUEST);
            byte[] begin = socket.getInputStream().readNBytes(ANSWER.length());
            return new String(begin, StandardCharsets.US_ASCII).equals(ANSWER);
        } catch (IOException e) {
            return false;
        }
    }
}
