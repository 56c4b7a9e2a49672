package io.promgres.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** The address of a client as text. */
final class ClientAddress {

    private ClientAddress() {}

    /** Without its port, which differs from request to request. */
    static String of(SocketAddress client) {
        return client instanceof InetSocketAddress internet && internet.getAddress() != null
                ? internet.getAddress().getHostAddress()
                : String.valueOf(client);
    }
}
