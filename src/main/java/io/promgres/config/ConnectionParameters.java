package io.promgres.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parameters of a connection that libpq and pgjdbc both have, by both names.
 *
 * <p>A parameter that pgjdbc has no equal for is refused: a setting about safety must not be lost in silence.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS">libpq</a>
 * @see <a href="https://jdbc.postgresql.org/documentation/use/">pgjdbc</a>
 */
final class ConnectionParameters {

    /** libpq's name to pgjdbc's. Both have the same values unless {@link #pgjdbcValue} says otherwise. */
    private static final Map<String, String> PGJDBC = Map.ofEntries(
            Map.entry("sslmode", "sslmode"),
            Map.entry("sslnegotiation", "sslNegotiation"),
            Map.entry("sslcert", "sslcert"),
            Map.entry("sslkey", "sslkey"),
            Map.entry("sslpassword", "sslpassword"),
            Map.entry("sslrootcert", "sslrootcert"),
            Map.entry("channel_binding", "channelBinding"),
            Map.entry("gssencmode", "gssEncMode"),
            Map.entry("krbsrvname", "kerberosServerName"),
            Map.entry("application_name", "ApplicationName"),
            Map.entry("connect_timeout", "connectTimeout"),
            Map.entry("options", "options"),
            Map.entry("keepalives", "tcpKeepAlive"),
            Map.entry("target_session_attrs", "targetServerType"),
            Map.entry("load_balance_hosts", "loadBalanceHosts"));

    private static final Map<String, String> TARGETS = Map.of(
            "any", "any",
            "read-write", "primary",
            "primary", "primary",
            "read-only", "secondary",
            "standby", "secondary",
            "prefer-standby", "preferSecondary");

    private static final Set<String> SECRETS = Set.of("password", "sslpassword");

    private ConnectionParameters() {}

    static boolean isSecret(String name) {
        return SECRETS.contains(name);
    }

    /**
     * Checks a parameter of a libpq URI.
     *
     * @throws IllegalArgumentException libpq does not have it, or pgjdbc cannot do it
     */
    static void checkLibpq(String name, String value) {
        if (!PGJDBC.containsKey(name)) {
            throw new IllegalArgumentException("the connection parameter " + name + " is unknown or not supported here"
                    + Suggestion.of(name, PGJDBC.keySet()));
        }
        pgjdbcValue(name, value);
    }

    /** The parameters of a jdbc: URL by libpq's names. */
    static Map<String, String> fromPgjdbc(Map<String, String> parameters) {
        Map<String, String> result = new LinkedHashMap<>();
        parameters.forEach((name, value) -> {
            String libpq = PGJDBC.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(name))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("the connection parameter " + name
                            + " is unknown or not supported here" + Suggestion.of(name, PGJDBC.values())));
            result.put(libpq, libpqValue(libpq, value));
        });
        return result;
    }

    static Properties toPgjdbc(Map<String, String> parameters) {
        Properties properties = new Properties();
        parameters.forEach((name, value) -> properties.setProperty(PGJDBC.get(name), pgjdbcValue(name, value)));
        return properties;
    }

    private static String pgjdbcValue(String name, String value) {
        return switch (name) {
            case "keepalives" -> choose(name, value, Map.of("1", "true", "0", "false"));
            case "load_balance_hosts" -> choose(name, value, Map.of("random", "true", "disable", "false"));
            case "target_session_attrs" -> choose(name, value, TARGETS);
            case "sslmode" -> oneOf(name, value, "disable", "allow", "prefer", "require", "verify-ca", "verify-full");
            case "connect_timeout" -> seconds(name, value);
            default -> value;
        };
    }

    private static String libpqValue(String name, String value) {
        return switch (name) {
            case "keepalives" -> choose(name, value, Map.of("true", "1", "false", "0"));
            case "load_balance_hosts" -> choose(name, value, Map.of("true", "random", "false", "disable"));
            case "target_session_attrs" ->
                choose(
                        name,
                        value,
                        Map.of(
                                "any", "any",
                                "primary", "primary",
                                "secondary", "standby",
                                "preferSecondary", "prefer-standby"));
            default -> value;
        };
    }

    private static String seconds(String name, String value) {
        if (!value.matches("[0-9]{1,6}")) {
            throw new IllegalArgumentException(name + " is not a number of seconds");
        }
        return value;
    }

    private static String oneOf(String name, String value, String... allowed) {
        if (!Set.of(allowed).contains(value)) {
            throw new IllegalArgumentException(name + " is none of " + String.join(", ", allowed));
        }
        return value;
    }

    private static String choose(String name, String value, Map<String, String> translation) {
        String translated = translation.get(value);
        if (translated == null) {
            throw new IllegalArgumentException(
                    name + " is none of " + String.join(", ", new TreeSet<>(translation.keySet())));
        }
        return translated;
    }
}
