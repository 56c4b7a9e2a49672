package io.promgres.energy;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A label {@code instance}, taken apart.
 *
 * @param host name or address, an IPv6 address without brackets; the whole label if it has another form
 */
record InstanceAddress(String host, OptionalInt port) {

    private static final Pattern BRACKETED = Pattern.compile("\\[([^\\[\\]]+)](?::([0-9]{1,5}))?");
    private static final Pattern PLAIN = Pattern.compile("([^:]+)(?::([0-9]{1,5}))?");
    private static final int LARGEST_PORT = 65_535;

    /** Takes {@code host}, {@code host:port}, {@code [v6]:port}, {@code [v6]} and a bare IPv6 address apart. */
    static InstanceAddress parse(String instance) {
        for (Pattern form : new Pattern[] {BRACKETED, PLAIN}) {
            Matcher matcher = form.matcher(instance);
            if (matcher.matches()) {
                String port = matcher.group(2);
                if (port == null) {
                    return new InstanceAddress(matcher.group(1), OptionalInt.empty());
                }
                if (Integer.parseInt(port) <= LARGEST_PORT) {
                    return new InstanceAddress(matcher.group(1), OptionalInt.of(Integer.parseInt(port)));
                }
            }
        }
        return new InstanceAddress(instance, OptionalInt.empty());
    }
}
