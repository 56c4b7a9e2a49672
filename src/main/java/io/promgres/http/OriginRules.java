package io.promgres.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a browser may ask for in the name of its user: no page of another origin makes a request here, but for a link that the user
 * follows; and on the loopback, without authentication, no name of another domain leads here.
 *
 * <p>Browsers say so themselves: Fetch Metadata (Sec-Fetch-Site, Sec-Fetch-Mode), which they send to https and to the loopback,
 * and Origin, which they send with every POST to anywhere. Senders and tools send neither.
 */
final class OriginRules {

    private static final String FETCH_SITE = "Sec-Fetch-Site";
    private static final String FETCH_MODE = "Sec-Fetch-Mode";
    private static final String NAVIGATION = "navigate";
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "localhost.localdomain");

    private OriginRules() {}

    /** Whether a page of another origin makes this request. */
    static boolean isForeign(HttpRequest request) {
        HttpHeaders headers = request.headers();
        boolean safe = SAFE.contains(request.method());
        if (headers.contains(FETCH_SITE)) {
            boolean link = safe && NAVIGATION.equals(headers.get(FETCH_MODE));
            return !link && headers.getAll(FETCH_SITE).stream().anyMatch(site -> !OWN_SITES.contains(site));
        }
        return !safe
                && headers.getAll(HttpHeaderNames.ORIGIN).stream()
                        .anyMatch(origin -> !isOrigin(origin, headers.get(HttpHeaderNames.HOST, "")));
    }

    // The scheme may be another one: a proxy in front may encrypt.
    private static boolean isOrigin(String origin, String host) {
        int authority = origin.indexOf("://");
        return authority > 0 && origin.substring(authority + 3).equalsIgnoreCase(host);
    }

    /**
     * Whether a name leads here that may be a stranger's: whose server says today that it is its own address, and tomorrow that
     * it is 127.0.0.1, so that its pages are of one origin with this.
     *
     * @param names that are the operator's
     */
    static boolean isStrangersName(HttpRequest request, SocketAddress local, List<String> names) {
        if (!(local instanceof InetSocketAddress address) || !isLoopback(address.getAddress())) {
            return false;
        }
        return Optional.ofNullable(request.headers().get(HttpHeaderNames.HOST))
                .map(OriginRules::name)
                .filter(name -> !isOwn(name) && !names.contains(name))
                .isPresent();
    }

    private static boolean isLoopback(InetAddress address) {
        return address != null && address.isLoopbackAddress();
    }

    // A name without a dot is none of a public domain.
    private static boolean isOwn(String name) {
        return name.indexOf('.') < 0
                || LOOPBACK_NAMES.contains(name)
                || name.endsWith(".localhost")
                || NetUtil.isValidIpV4Address(name);
    }

    /** Without the port; of an IPv6 address nothing, as it is no name. */
    private static String name(String host) {
        if (host.startsWith("[")) {
            return "";
        }
        int colon = host.indexOf(':');
        String name = (colon < 0 ? host : host.substring(0, colon)).toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
