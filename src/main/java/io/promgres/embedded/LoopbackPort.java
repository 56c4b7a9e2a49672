package io.promgres.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** TCP ports of the address that the server listens on. */
final class LoopbackPort {

    static final String ADDRESS = "127.0.0.1";

    private LoopbackPort() {}

    /** A port that no process listens on at this moment. */
    static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(ADDRESS))) {
            return socket.getLocalPort();
        }
    }

    /** @throws EmbeddedPostgresException another process listens on it */
    static int checked(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(ADDRESS), port));
            return port;
        } catch (BindException e) {
            throw new EmbeddedPostgresException("port " + port + " on " + ADDRESS
                    + ", wanted for the embedded database, is taken by another program: choose one with --db-port PORT,"
                    + " or let promgres find a free one with --db-port 0");
        }
    }
}
