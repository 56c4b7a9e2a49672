package io.promgres.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Where a database is and how to connect to it, in the forms that psql and pgjdbc take.
 *
 * <p>What the URI leaves out: the host is localhost, the port 5432, the user the one of the operating system, and the
 * database has the name of the user. (psql tries a unix socket where there is no host; promgres speaks TCP only.)
 * Without a password, pgjdbc looks into {@code ~/.pgpass} as psql does.
 *
 * @param hosts at least one; tried in this order
 * @param database name of the database
 * @param user role to connect as
 * @param password absent if the URI has none
 * @param parameters what follows the question mark, by libpq's names, in order
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">libpq URIs</a>
 */
public record DatabaseUri(
        List<HostPort> hosts, String database, String user, Optional<String> password, Map<String, String> parameters) {

    public static final int DEFAULT_PORT = 5432;

    public DatabaseUri {
        hosts = List.copyOf(hosts);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Reads {@code postgresql://}, {@code postgres://} or {@code jdbc:postgresql:}.
     *
     * @throws IllegalArgumentException says what is wrong, without the password
     */
    public static DatabaseUri parse(String uri) {
        return DatabaseUriParser.parse(uri);
    }

    /** The URL for pgjdbc, without user and parameters: those are in {@link #properties()}. */
    public String jdbcUrl() {
        return "jdbc:postgresql://" + hostList() + "/" + PercentEncoding.encode(database);
    }

    /**
     * The properties for pgjdbc: user, password and every parameter by pgjdbc's name. Of several hosts, it takes the one
     * that can be written to, unless the URI says otherwise. A copy at each call.
     */
    public Properties properties() {
        Properties properties = new Properties();
        if (hosts.size() > 1) {
            properties.setProperty("targetServerType", "primary");
        }
        properties.putAll(ConnectionParameters.toPgjdbc(parameters));
        properties.setProperty("user", user);
        password.ifPresent(text -> properties.setProperty("password", text));
        return properties;
    }

    /** The whole URI as psql takes it, with the password. */
    public String psql() {
        return render(password.map(PercentEncoding::encode), false);
    }

    /** The URI as psql takes it, without what is secret: psql asks for the password, or takes it from ~/.pgpass. */
    public String withoutPassword() {
        Map<String, String> open = new LinkedHashMap<>(parameters);
        open.keySet().removeIf(ConnectionParameters::isSecret);
        return new DatabaseUri(hosts, database, user, Optional.empty(), open).psql();
    }

    /** The URI with {@code ***} for the password, for logs and messages. */
    @Override
    public String toString() {
        return render(password.map(secret -> "***"), true);
    }

    private String render(Optional<String> shownPassword, boolean masked) {
        String authority = PercentEncoding.encode(user)
                + shownPassword.map(text -> ":" + text).orElse("") + "@" + hostList();
        String query = parameters.entrySet().stream()
                .map(e -> e.getKey() + "="
                        + (masked && ConnectionParameters.isSecret(e.getKey())
                                ? "***"
                                : PercentEncoding.encode(e.getValue())))
                .collect(Collectors.joining("&"));
        return "postgresql://" + authority + "/" + PercentEncoding.encode(database)
                + (query.isEmpty() ? "" : "?" + query);
    }

    private String hostList() {
        return hosts.stream().map(HostPort::toString).collect(Collectors.joining(","));
    }
}
