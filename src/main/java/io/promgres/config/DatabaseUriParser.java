package io.promgres.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes a database URI apart, in the order and with the delimiters of libpq: the user ends at the first {@code :} or
 * {@code @}, the password at the first {@code @}, unless a {@code /} comes before that; then the hosts, the database,
 * and the parameters.
 */
final class DatabaseUriParser {

    private static final List<String> SCHEMES = List.of("postgresql://", "postgres://");
    private static final String JDBC_SCHEME = "jdbc:postgresql:";

    private final boolean jdbc;
    private String user = "";
    private String password;
    private String hosts = "";
    private String ports = "";
    private String database = "";
    private final Map<String, String> parameters = new LinkedHashMap<>();

    private DatabaseUriParser(boolean jdbc) {
        this.jdbc = jdbc;
    }

    static DatabaseUri parse(String uri) {
        if (uri.startsWith(JDBC_SCHEME)) {
            return parseJdbc(uri.substring(JDBC_SCHEME.length()));
        }
        for (String scheme : SCHEMES) {
            if (uri.startsWith(scheme)) {
                return new DatabaseUriParser(false).read(uri.substring(scheme.length()));
            }
        }
        throw new IllegalArgumentException("a database URI starts with postgresql://, postgres:// or jdbc:postgresql:");
    }

    /** {@code //host/db}, and pgjdbc's short forms {@code db}, {@code /db} and {@code /} on localhost. */
    private static DatabaseUri parseJdbc(String rest) {
        DatabaseUriParser parser = new DatabaseUriParser(true);
        if (rest.startsWith("//")) {
            return parser.read(rest.substring(2));
        }
        return parser.read(rest.startsWith("/") ? rest : "/" + rest);
    }

    private DatabaseUri read(String text) {
        String rest = jdbc ? text : readUser(text);
        int question = rest.indexOf('?');
        String location = question < 0 ? rest : rest.substring(0, question);
        int slash = location.indexOf('/');
        readHosts(slash < 0 ? location : location.substring(0, slash));
        database = slash < 0 ? "" : decode(location.substring(slash + 1), "database name");
        if (question >= 0 && question + 1 < rest.length()) {
            readParameters(rest.substring(question + 1));
        }
        return build();
    }

    private String readUser(String text) {
        int at = text.indexOf('@');
        int slash = text.indexOf('/');
        if (at < 0 || slash >= 0 && slash < at) {
            return text;
        }
        String userInfo = text.substring(0, at);
        int colon = userInfo.indexOf(':');
        user = decode(colon < 0 ? userInfo : userInfo.substring(0, colon), "user");
        password = colon < 0 ? null : decode(userInfo.substring(colon + 1), "password");
        return text.substring(at + 1);
    }

    /** Splits {@code host:port,[ipv6]:port} into two lists, as libpq keeps them. */
    private void readHosts(String text) {
        List<String> hostList = new ArrayList<>();
        List<String> portList = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int end = endOfHost(part);
            String host = part.substring(0, end);
            boolean bracketed = host.startsWith("[");
            hostList.add(bracketed ? host.substring(1, end - 1) : decode(host, "host"));
            portList.add(end < part.length() ? part.substring(end + 1) : "");
        }
        hosts = String.join(",", hostList);
        ports = String.join(",", portList);
    }

    private static int endOfHost(String part) {
        if (!part.startsWith("[")) {
            int colon = part.indexOf(':');
            return colon < 0 ? part.length() : colon;
        }
        int bracket = part.indexOf(']');
        boolean closed = bracket > 1 && (bracket + 1 == part.length() || part.charAt(bracket + 1) == ':');
        if (!closed) {
            throw new IllegalArgumentException("an IPv6 address is written in brackets: postgresql://[::1]:5432/db");
        }
        return bracket + 1;
    }

    private void readParameters(String query) {
        Map<String, String> others = new LinkedHashMap<>();
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals < 1 || pair.indexOf('=', equals + 1) >= 0 && !jdbc) {
                throw new IllegalArgumentException("a connection parameter is not of the form name=value");
            }
            String name = decode(pair.substring(0, equals), "name of a connection parameter");
            String value = decode(pair.substring(equals + 1), name);
            if (!takeLocation(name, value)) {
                others.put(name, value);
            }
        }
        addParameters(others);
    }

    /** The parameters that may also stand before the question mark: they win, as in libpq. */
    private boolean takeLocation(String name, String value) {
        switch (name) {
            case "user" -> user = value;
            case "password" -> password = value;
            case "host" -> hosts = value;
            case "port" -> ports = value;
            case "dbname" -> database = value;
            default -> {
                return false;
            }
        }
        return true;
    }

    private void addParameters(Map<String, String> others) {
        // What ssl=true means differs: libpq takes it as encryption only, pgjdbc checks the server's name as well.
        if ("true".equals(others.remove("ssl"))) {
            others.putIfAbsent("sslmode", jdbc ? "verify-full" : "require");
        }
        Map<String, String> named = jdbc ? ConnectionParameters.fromPgjdbc(others) : others;
        named.forEach(ConnectionParameters::checkLibpq);
        parameters.putAll(named);
    }

    private DatabaseUri build() {
        String role = user.isEmpty() ? System.getProperty("user.name") : user;
        return new DatabaseUri(
                hostPorts(), database.isEmpty() ? role : database, role, Optional.ofNullable(password), parameters);
    }

    /** As in libpq: one port counts for all hosts, an empty host is the default, an empty port is the default. */
    private List<HostPort> hostPorts() {
        String[] hostList = hosts.split(",", -1);
        String[] portList = ports.split(",", -1);
        if (portList.length != 1 && portList.length != hostList.length) {
            throw new IllegalArgumentException(portList.length + " ports do not fit " + hostList.length + " hosts");
        }
        List<HostPort> result = new ArrayList<>();
        for (int i = 0; i < hostList.length; i++) {
            result.add(hostPort(hostList[i], portList[portList.length == 1 ? 0 : i]));
        }
        return result;
    }

    private static HostPort hostPort(String host, String port) {
        if (host.startsWith("/") || host.startsWith("@")) {
            throw new IllegalArgumentException(
                    "the host " + host + " is a unix socket, which promgres does not support: name a host and a port");
        }
        if (port.isEmpty()) {
            return new HostPort(host.isEmpty() ? "localhost" : host, DatabaseUri.DEFAULT_PORT);
        }
        int number = HostPort.parsePort(port);
        if (number == 0) {
            throw new IllegalArgumentException("port 0 is no port to connect to");
        }
        return new HostPort(host.isEmpty() ? "localhost" : host, number);
    }

    private static String decode(String text, String what) {
        return PercentEncoding.decode(text, what);
    }
}
