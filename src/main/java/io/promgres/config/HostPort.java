package io.promgres.config;

/**
 * A host and a TCP port.
 *
 * @param host a name or an address, an IPv6 address without its brackets
 * @param port 0 to 65535
 */
public record HostPort(String host, int port) {

    public HostPort {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("the host is missing: write 127.0.0.1:" + port
                    + " for this machine, or 0.0.0.0:" + port + " for all addresses");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not from 0 to 65535");
        }
    }

    /**
     * Reads {@code host:port} or {@code [ipv6]:port}.
     *
     * @throws IllegalArgumentException says what is wrong
     */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || text.endsWith("]")) {
            throw new IllegalArgumentException("\"" + text + "\" has no port: write HOST:PORT, such as 127.0.0.1:9201");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("an IPv6 address needs brackets, such as [::1]:9201");
        }
        return new HostPort(host, parsePort(text.substring(colon + 1)));
    }

    static int parsePort(String text) {
        if (!text.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("\"" + text + "\" is not a port number");
        }
        return Integer.parseInt(text);
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
